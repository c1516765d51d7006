"""Members and the ensemble: on one line of accuracy, and how much say each has."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray

from fer_core.emotions import COLOURS
from fer_core.ensemble import COMBINERS, Outcome
from fer_core.figures.classes import CELLS, WRITTEN
from fer_core.figures.theme import ON_COLOUR, Ink, layout, symbol_of
from fer_core.terminology import FER, Words


def line_of_members(outcome: Outcome, pin: Outcome | None = None, *, ink: Ink) -> go.Figure:
    """Put every member, with its shape, the ensemble with its interval, and what is pinned on one line of accuracy."""
    accuracy, members = outcome.member_accuracy, tuple(outcome.member_accuracy)
    below = sum(value < outcome.accuracy for value in accuracy.values())
    figure = go.Figure()
    low, high = (100 * bound for bound in outcome.interval)
    figure.add_scatter(x=[low, high], y=[0, 0], mode="lines", line={"color": ink.accent, "width": 3}, hoverinfo="skip")
    for name, value in accuracy.items():
        on = name in outcome.setting.members
        marker = {"symbol": symbol_of(members, name), "size": 13, "color": ink.text if on else "rgba(0,0,0,0)"}
        figure.add_scatter(
            x=[100 * value],
            y=[0],
            mode="markers",
            marker=marker | {"line": {"color": ink.text if on else ink.faint, "width": 1.5}},
            hovertemplate=f"{name}: %{{x:.2f}}%<extra>{'on' if on else 'off'}</extra>",
        )
    figure.add_scatter(
        x=[100 * outcome.accuracy],
        y=[0],
        mode="markers",
        marker={"symbol": "line-ns", "size": 30, "line": {"color": ink.accent, "width": 5}},
        hovertemplate="ensemble: %{x:.2f}%<extra></extra>",
    )
    if pin is not None:
        figure.add_scatter(
            x=[100 * pin.accuracy],
            y=[0],
            mode="markers+text",
            marker={"symbol": "line-ns", "size": 30, "line": {"color": ink.text, "width": 2}},
            text=["A"],
            textposition="top center",
            hovertemplate="A, pinned: %{x:.2f}%<extra></extra>",
        )
    spread = [*(100 * value for value in accuracy.values()), low, high]
    spread += [] if pin is None else [100 * pin.accuracy]
    pad = 0.04 * (max(spread) - min(spread)) + 0.4
    total, name = len(accuracy), outcome.called
    rank = "every member" if below == total else f"{below} of {total} members"
    title = f"{name[0].upper()}{name[1:]} is above {rank}" if total > 1 else f"{name} is the only member so far"
    figure.update_xaxes(
        range=[min(spread) - pad, max(spread) + pad],
        title=f"accuracy, % (bar: {name}; line: 95% interval)",
    )
    figure.update_yaxes(visible=False, range=[-1, 1])
    return layout(figure, title, 150)


PLACES = 10
"""Most places of an order that are shown."""


def _height(members: int) -> int:
    """Return the height in pixels of a figure with a row for each member."""
    return 130 + (30 if members <= WRITTEN else 14) * members


def weights(outcome: Outcome, classes: Sequence[str], *, ink: Ink, words: Words = FER) -> go.Figure:
    """Show each member's share of the say on each class; classes : names of all C."""
    shares = 100 * outcome.weights
    names = list(outcome.setting.members)
    spread = shares.max(axis=0) - shares.min(axis=0)
    at = int(spread.argmax())
    title, rule = "All members have equal weight", COMBINERS[outcome.setting.combiner]
    if not rule.weighs:
        title, shares = f"{rule.title} uses no weights: it learns its own weights", np.full_like(shares, np.nan)
    elif len(names) == 1:
        title = f"{names[0]} has all the weight"
    elif spread[at] > 0.05:
        title = f"On {classes[at]}, {names[int(shares[:, at].argmax())]} has most weight: {shares[:, at].max():.1f}%"
        if np.ptp(shares, axis=1).max() < 0.05:
            most = names[int(shares[:, 0].argmax())]
            title = f"{most} has most weight on every {words.kind}: {shares[:, 0].max():.1f}%"
    shown = list(range(len(classes)))
    if len(classes) > CELLS:
        shown = sorted(np.argsort(-spread, kind="stable")[:CELLS].tolist())
        title += f" ({CELLS} of {len(classes)} {words.kinds})"
    written = len(shown) <= WRITTEN and len(names) <= 2 * WRITTEN
    figure = go.Figure(
        go.Heatmap(
            z=shares[:, shown],
            x=[classes[c] for c in shown],
            y=names,
            colorscale=ink.scale,
            zmin=0,
            zmax=max(2 * 100 / len(names), float(shares.max())),
            showscale=False,
            xgap=2 if written else 0,
            ygap=2 if written else 0,
            texttemplate="%{z:.1f}" if written else None,
            textfont={"color": ink.text},
            hovertemplate="%{y} on %{x}: %{z:.2f}% of the weight<extra></extra>",
        )
    )
    figure.update_xaxes(tickangle=-35, type="category")
    figure.update_yaxes(autorange="reversed", type="category")
    return layout(figure, title, _height(len(names)))


def confidence_order(
    order: NDArray[np.int64], members: Sequence[str], classes: Sequence[str], *, ink: Ink, words: Words = FER
) -> go.Figure:
    """Show the classes of each member from the one it is surest of to the least sure, on the rows that choose.

    order : int64 [M,C], of the members that are named; classes : names of all C
    """
    distinct, places = len({tuple(row) for row in order}), min(len(classes), PLACES)
    title = f"{distinct} different orders of confidence among {len(members)} members"
    if len(members) == 1:
        title = f"{members[0]} is surest of {classes[order[0][0]]}, least of {classes[order[0][-1]]}"
    elif distinct == 1:
        title = f"All members are sure of the {words.kinds} in the same order"
    emotions = all(name in COLOURS for name in classes)
    palette = [COLOURS[name] for name in classes] if emotions else [ink.paper, ink.paper]
    steps = [[(i + j) / len(palette), colour] for i, colour in enumerate(palette) for j in (0, 1)]
    figure = go.Figure(
        go.Heatmap(
            z=order[:, :places],
            x=[str(rank) for rank in range(1, places + 1)],
            y=list(members),
            text=[[_short(classes[c]) for c in row[:places]] for row in order],
            texttemplate="%{text}" if len(members) <= 2 * WRITTEN else None,
            textfont={"color": ON_COLOUR if emotions else ink.text, "size": 10},
            colorscale=steps,
            zmin=-0.5,
            zmax=len(classes) - 0.5,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y}, place %{x}: %{text}<extra></extra>",
        )
    )
    last = f", first {places} of {len(classes)}" if places < len(classes) else ""
    figure.update_xaxes(title=f"place, surest first{last}", type="category")
    figure.update_yaxes(autorange="reversed", type="category")
    return layout(figure, title, _height(len(members)))


def _short(name: str) -> str:
    return name if len(name) <= 9 else f"{name[:8]}…"
