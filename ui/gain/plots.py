"""Figures of the page Gain: all subsets by size, by cost, and on both splits.  A dot can be clicked."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray

from fer_core.ensemble.subsets.all_subsets import AllSubsets, SplitAgreement
from fer_core.ensemble.subsets.selection import front
from fer_core.format import percent
from ui.data.artifacts import Loaded
from ui.gain.data import Gain
from ui.gain.wording import agreement_title, amount, cost_title, priced, size_title
from ui.kit.labels import beginning
from ui.kit.theme import SYMBOLS, Ink, ink, layout, two_lines
from ui.kit.wording import glyph

MOST = 1023
"""Dots that a figure draws: all subsets of ten members."""
GOLDEN = 0.6180339887498949
"""Multiples of it, less their whole parts, are as far from each other as so many can be."""
APART = 0.84
"""How wide the dots of one size lie, where sizes are 1 apart."""


def subsets(loaded: Loaded, gain: Gain, subsets: AllSubsets) -> go.Figure:
    """Show every subset by its size and accuracy, with mean, best and worst of each size."""
    colours, sizes, x = ink(), subsets.by_size(), _spread(subsets)
    figure = go.Figure()
    _dots(figure, loaded, subsets, x, 100 * subsets.accuracy, colours, "%{customdata[1]}: %{y:.2f}%<extra></extra>")
    lines = ((sizes.worst, "dot", 1.2), (sizes.best, "dot", 1.2), (sizes.mean, "solid", 2.5))
    for values, dash, width in lines:
        line = {"color": colours.text, "dash": dash, "width": width}
        figure.add_scatter(x=sizes.sizes, y=100 * values, mode="lines", line=line, hoverinfo="skip")
    ends = [int(sizes.sizes[0]), int(sizes.sizes[-1])]
    own = len(gain.members)
    if gain.here is None:
        ends = [min(ends[0], own), max(ends[1], own)]
    _here(figure, loaded, gain, float(own) if gain.here is None else x[gain.here])
    if gain.a is not None:
        size = len(gain.a.members)
        ends = [min(ends[0], size), max(ends[1], size)]
        _a(figure, float(size) if gain.a.at is None else x[gain.a.at], gain.a.accuracy)
    figure.update_xaxes(
        range=[ends[0] - 0.5, ends[1] + 0.5],
        tickvals=list(range(ends[0], ends[1] + 1)),
        title="members",
    )
    figure.update_yaxes(title=f"{loaded.words.splits[gain.choice.split]} accuracy, %")
    return two_lines(layout(figure, size_title(sizes), 440))


AXES = {"macs": "multiply-adds of one view", "parameters": "parameters", "latency": "time of one face, one view"}


def cost(loaded: Loaded, gain: Gain, subsets: AllSubsets, each: Mapping[str, float]) -> go.Figure:
    """Show every subset by what it costs, with those that nothing as cheap beats.

    subsets : of members whose cost is known; each : that cost, by member
    """
    colours, x = ink(), subsets.sums([each[name] for name in subsets.members])
    on = front(x, subsets.accuracy)
    figure = go.Figure()
    hover = "%{customdata[1]}: %{y:.2f}%, %{x:.3s}<extra></extra>"
    _dots(figure, loaded, subsets, x, 100 * subsets.accuracy, colours, hover)
    figure.add_scatter(
        x=x[on],
        y=100 * subsets.accuracy[on],
        mode="lines+markers",
        line={"color": colours.text, "width": 1.5, "shape": "hv"},
        marker={"size": 8, "color": colours.paper, "line": {"color": colours.text, "width": 1.5}},
        customdata=[_custom(subsets, at) for at in on],
        hovertemplate=hover,
    )
    own, a = _total(gain.members, each), None if gain.a is None else _total(gain.a.members, each)
    if own is not None:
        _here(figure, loaded, gain, own)
    if gain.a is not None and a is not None:
        _a(figure, a, gain.a.accuracy)
    _cost_axes(figure, loaded, gain, [*x.tolist(), *([] if a is None else [a])])
    return two_lines(layout(figure, cost_title(subsets, x, on, gain.choice.gain.cost), 400))


def few(loaded: Loaded, gain: Gain, each: Mapping[str, float]) -> go.Figure:
    """Show members and the present choice alone by what they cost, where other subsets cannot be scored at once."""
    colours, accuracy, figure = ink(), gain.outcome.member_accuracy, go.Figure()
    known = [name for name in loaded.members if name in each]
    figure.add_scatter(
        x=[each[name] for name in known],
        y=[100 * accuracy[name] for name in known],
        mode="markers",
        marker={"size": 11, "color": colours.text, "symbol": [SYMBOLS[glyph(loaded, name)] for name in known]},
        customdata=known,
        hovertemplate="%{customdata}: %{y:.2f}%, %{x:.3s}<extra></extra>",
    )
    total, a = _total(gain.members, each), None if gain.a is None else _total(gain.a.members, each)
    if total is not None:
        figure.add_scatter(
            x=[total],
            y=[100 * gain.outcome.accuracy],
            mode="markers",
            marker={"size": 15, "color": colours.accent},
            hovertemplate="your choice: %{y:.2f}%, %{x:.3s}<extra></extra>",
        )
    if gain.a is not None and a is not None:
        _a(figure, a, gain.a.accuracy)
    _cost_axes(figure, loaded, gain, [*each.values(), *(value for value in (total, a) if value is not None)])
    best = max(known, key=lambda name: accuracy[name])
    title = f"{beginning(best)} is best of those with a known cost: {percent(accuracy[best])}%"
    if total is not None and len(gain.members) > 1:
        title = f"Together they cost {amount(total / each[gain.best])} times {beginning(gain.best)} alone"
    elif total is not None:
        title = f"{beginning(gain.best)} alone, beside the others"
    return layout(figure, title, 400)


def both(loaded: Loaded, gain: Gain, valid: AllSubsets, test: AllSubsets, found: SplitAgreement) -> go.Figure:
    """Show every subset on PublicTest and on PrivateTest, the best on each, and A if it is one of them.

    The present choice is not in it, so that it stays as it is, and costs no time, when another is made.
    """
    colours, figure, words = ink(), go.Figure(), loaded.words
    x, y = 100 * valid.accuracy, 100 * test.accuracy
    hover = f"%{{customdata[1]}}: {words.valid} %{{x:.2f}}%, {words.test} %{{y:.2f}}%<extra></extra>"
    _dots(figure, loaded, valid, x, y, colours, hover)
    if found.slope is not None:
        ends = np.array([x.min(), x.max()])
        line = {"color": colours.text, "width": 1.5}
        rise = y.mean() + found.slope * (ends - x.mean())
        figure.add_scatter(x=ends, y=rise, mode="lines", line=line, hoverinfo="skip")
    same = found.chosen == found.best
    first = f"best on {words.valid}"
    marks = {found.best: "best on both"} if same else {found.chosen: first, found.best: "best on test"}
    for at, said in marks.items():
        right = x[at] > (x.min() + x.max()) / 2
        figure.add_scatter(
            x=[x[at]],
            y=[y[at]],
            mode="markers",
            marker={"size": 17, "symbol": "circle-open", "color": colours.text, "line": {"width": 2}},
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=x[at],
            y=y[at],
            text=said,
            font={"color": colours.text, "size": 13},
            bgcolor=colours.paper,
            opacity=0.9,
            arrowcolor=colours.text,
            arrowwidth=1,
            standoff=9,
            ax=-34 if right else 34,
            ay=-26 if said != first else 80,
            xanchor="right" if right else "left",
        )
    if gain.a is not None and gain.a.at is not None:
        _a(figure, x[gain.a.at], float(test.accuracy[gain.a.at]), where="bottom center")
    pad = 0.12 * float(np.ptp(y)) + 0.2
    figure.update_xaxes(title=f"{words.valid} accuracy, %")
    figure.update_yaxes(title=f"{words.test} accuracy, %", range=[y.min() - pad, y.max() + pad])
    return two_lines(layout(figure, agreement_title(found, len(x), words), 400))


def _custom(subsets: AllSubsets, at: int) -> list[object]:
    """Return what a dot knows: the number of its subset, which a click gives back, and its members."""
    return [int(subsets.numbers[at]), " + ".join(subsets.names(at))]


def _dots(
    figure: go.Figure,
    loaded: Loaded,
    subsets: AllSubsets,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    colours: Ink,
    hover: str,
) -> None:
    """Add a dot for each subset, and above them all the members alone with their shapes."""
    some, single = subsets.some(MOST), subsets.sizes == 1
    looks: list[tuple[list[int], dict[str, object]]] = [
        ([at for at in some.tolist() if not single[at]], {"size": 6, "color": colours.faint, "opacity": 0.45}),
        (
            np.flatnonzero(single).tolist(),
            {
                "size": 11,
                "color": colours.text,
                "symbol": [SYMBOLS[glyph(loaded, subsets.names(at)[0])] for at in np.flatnonzero(single).tolist()],
            },
        ),
    ]
    for at, marker in looks:
        opacity = {"marker": {"opacity": marker.get("opacity", 1)}}
        figure.add_scatter(
            x=x[at],
            y=y[at],
            mode="markers",
            marker=marker,
            selected=opacity,
            unselected=opacity,
            customdata=[_custom(subsets, i) for i in at],
            hovertemplate=hover,
        )


def _here(figure: go.Figure, loaded: Loaded, gain: Gain, x: float) -> None:
    """Mark the present choice, with its shape if it is one member."""
    names, colours = gain.members, ink()
    symbol = SYMBOLS[glyph(loaded, names[0])] if len(names) == 1 else "circle"
    figure.add_scatter(
        x=[x],
        y=[100 * gain.outcome.accuracy],
        mode="markers",
        marker={"size": 16, "symbol": symbol, "color": colours.accent, "line": {"color": colours.paper, "width": 1.5}},
        hoverinfo="skip",
    )


def _a(figure: go.Figure, x: float, accuracy: float, *, where: str = "top center") -> None:
    """Mark what is pinned by a ring and its letter; a click goes through to the dot below."""
    colours = ink()
    figure.add_scatter(
        x=[x],
        y=[100 * accuracy],
        mode="markers+text",
        marker={"size": 22, "symbol": "circle-open", "color": colours.text, "line": {"width": 2}},
        text=["<b>A</b>"],
        textposition=where,
        textfont={"color": colours.text, "size": 15},
        cliponaxis=False,
        name="A",
        hoverinfo="skip",
    )


def _total(names: Sequence[str], each: Mapping[str, float]) -> float | None:
    """Return what members cost together, None where that is not known of one."""
    return sum(each[name] for name in names) if set(names) <= set(each) else None


def _cost_axes(figure: go.Figure, loaded: Loaded, gain: Gain, values: Sequence[float]) -> None:
    low, high = min(values), max(values)
    cost = gain.choice.gain.cost
    marks = [lead * 10.0**power for power in range(-3, 13) for lead in (1, 2, 5)]
    inside = [mark for mark in marks if low / 1.3 <= mark <= high * 1.3]
    figure.update_xaxes(
        type="log",
        range=[np.log10(low / 1.3), np.log10(high * 1.3)],
        tickvals=inside,
        ticktext=[priced(mark, cost) for mark in inside],
        title=AXES[cost],
    )
    figure.update_yaxes(title=f"{loaded.words.splits[gain.choice.split]} accuracy, %")


def _spread(subsets: AllSubsets) -> NDArray[np.float64]:
    """Return where each subset lies across its size: always the same place, and no two the same."""
    x = subsets.sizes.astype(float)
    for size in np.unique(subsets.sizes):
        inside = np.flatnonzero(subsets.sizes == size)
        few = len(inside) <= len(SYMBOLS)
        places = (np.arange(len(inside)) + 0.5) * (1 / len(inside) if few else GOLDEN) % 1
        x[inside] += APART * (places - 0.5)
    return x
