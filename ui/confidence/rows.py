"""Figures of the page Confidence with a row for each class or member."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray

from fer_core.figures import class_colours
from fer_core.format import percent
from fer_core.metrics.crowd import Share
from ui.confidence.data import Spoken, Sure
from ui.confidence.wording import left_out, surest
from ui.data.artifacts import Loaded
from ui.kit.labels import height, largest, named, of_how_many, short
from ui.kit.theme import SYMBOLS, ink, layout, two_lines
from ui.kit.wording import glyph

ROW = 26
"""Height of a row in pixels."""


def errors(loaded: Loaded, found: Sure) -> go.Figure:
    """Show the expected calibration error of the ensemble and of every member, before and after a temperature."""
    colours = ink()
    rows = [(f"{glyph(loaded, name)} {name}", SYMBOLS[glyph(loaded, name)], one) for name, one in found.members.items()]
    if len(found.setting.members) > 1:
        rows.insert(0, ("ensemble", "line-ns", found.said))
    else:
        rows = [(rows[0][0], rows[0][1], found.said)]
    figure = go.Figure()
    for name, symbol, said in rows:
        bar, colour = symbol == "line-ns", colours.accent if symbol == "line-ns" else colours.text
        ends = [said.before.ece] if said.after is None else [said.before.ece, said.after.ece]
        figure.add_scatter(
            x=[100 * value for value in ends],
            y=[name] * len(ends),
            mode="lines+markers",
            line={"color": colours.faint, "width": 1},
            marker={
                "symbol": symbol,
                "size": 18 if bar else 11,
                "opacity": 1,
                "color": ["rgba(0,0,0,0)", colour][-len(ends) :] if len(ends) == 2 else ["rgba(0,0,0,0)"],
                "line": {"color": [colours.faint if bar else colour, colour][: len(ends)], "width": 4 if bar else 1.5},
            },
            text=["as it is", "at its temperature"][: len(ends)],
            hovertemplate="%{y}, %{text}: %{x:.2f} points<extra></extra>",
        )
    most = max(max(said.before.ece, 0 if said.after is None else said.after.ece) for _, _, said in rows)
    figure.update_xaxes(range=[0, 108 * most + 0.5], title="expected calibration error, points")
    figure.update_yaxes(autorange="reversed", **named([name for name, _, _ in rows]))
    filled = "hollow: as they are; filled: at their temperatures"
    title = f"{_errors_title(found)}<br><span style='font-weight:400'>{filled}</span>"
    return two_lines(layout(figure, title, 150 + height(len(rows), ROW)))


def _errors_title(found: Sure) -> str:
    own = found.said.before.ece
    if len(found.members) == 1:
        return f"{short(found.name)} is off by {percent(own)} points"
    fewer = sum(one.before.ece < own for one in found.members.values())
    return f"Off by {percent(own)} points; {fewer} of {len(found.members)} members are by less"


def by_decided(found: Sure) -> go.Figure:
    """Show for each class that is said how often it is right, and how sure it is said."""
    colours = ink()
    figure = go.Figure()
    off = [abs((one.sure or 0.0) - (one.right.value or 0.0)) * one.right.images for one in found.decided]
    rows = [found.decided[code] for code in largest(off)]
    items, tall = found.words.items, 20 if len(rows) <= 10 else 12
    _dots(figure, rows, [one.right for one in rows], f"right on %{{x:.1f}}% of %{{customdata:,}} {items}")
    figure.add_scatter(
        x=[None if one.sure is None else 100 * one.sure for one in rows],
        y=[one.name for one in rows],
        mode="markers",
        marker={"symbol": "line-ns", "size": tall, "line": {"color": colours.text, "width": 3}},
        hovertemplate="says %{y}: %{x:.1f}% sure on average<extra></extra>",
    )
    figure.update_xaxes(range=[0, 103], title=f"%, of the {items} that get this answer")
    figure.update_yaxes(autorange="reversed", title="it says", **named([one.name for one in rows]))
    below = "bar: how sure; dot: how often right (line: 95%)"
    if some := of_how_many(len(rows), len(found.decided), found.words.kinds):
        below = f"{some}; bar: how sure; dot: how often right"
    title = f"{surest(found)}<br><span style='font-weight:400'>{below}</span>"
    return two_lines(layout(figure, title, max(360, 150 + 20 * len(rows))))


def by_label(found: Sure) -> go.Figure:
    """Show for each class how many of its images get an answer."""
    figure = go.Figure()
    unanswered = [one.answered.images - one.answered.correct for one in found.true]
    rows = [found.true[code] for code in largest(unanswered)]
    shares = [one.answered for one in rows]
    figure.add_bar(
        x=[None if share.value is None else 100 * share.value for share in shares],
        y=[one.name for one in rows],
        orientation="h",
        marker={"color": class_colours([one.name for one in rows], ink())},
        text=["–" if share.value is None else f"{100 * share.value:.0f}" for share in shares],
        textposition="outside",
        cliponaxis=False,
        customdata=[[share.correct, share.images] for share in shares],
        hovertemplate=f"%{{y}}: %{{customdata[0]:,}} of %{{customdata[1]:,}} {found.words.items} are answered"
        "<extra></extra>",
    )
    title = f"{found.words.items} answered, % of each label"
    figure.update_xaxes(range=[0, 112], tickvals=[0, 25, 50, 75, 100], title=title)
    figure.update_yaxes(autorange="reversed", title="label", **named([one.name for one in rows]))
    some = of_how_many(len(rows), len(found.true), found.words.kinds)
    if not some:
        return layout(figure, left_out(found), max(340, 130 + 20 * len(rows)))
    title = f"{left_out(found)}<br><span style='font-weight:400'>{some}</span>"
    return two_lines(layout(figure, title, 150 + 20 * len(rows)))


def _dots(figure: go.Figure, rows: Sequence[Spoken], shares: list[Share], hover: str) -> None:
    some = [(one, share) for one, share in zip(rows, shares, strict=True) if share.interval and share.value is not None]
    bounds = [share.interval or (0.0, 0.0) for _, share in some]
    values = np.array([share.value for _, share in some], float)
    figure.add_scatter(
        x=100 * values,
        y=[one.name for one, _ in some],
        mode="markers",
        marker={"size": 12, "color": class_colours([one.name for one, _ in some], ink())},
        error_x=error_bars(values, bounds, ink().faint),
        customdata=[share.images for _, share in some],
        hovertemplate=f"says %{{y}}: {hover}<extra></extra>",
    )


def error_bars(values: NDArray[np.float64], bounds: list[tuple[float, float]], colour: str) -> dict[str, object]:
    """Return bars from values, shares [N], to the ends of their intervals, in percent."""
    ends = np.array(bounds).reshape(-1, 2)
    return {
        "type": "data",
        "symmetric": False,
        "array": 100 * (ends[:, 1] - values),
        "arrayminus": 100 * (values - ends[:, 0]),
        "color": colour,
        "thickness": 1.5,
        "width": 0,
    }
