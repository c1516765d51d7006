"""Figures of the explorer.  Each has a title that says what to see in it."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.ensemble import COMBINERS, Outcome
from fer_core.markdown import percent
from ui.figure import ink, layout
from ui.load import Loaded
from ui.text import glyph, points, shown

SYMBOLS = {
    "●": "circle",
    "■": "square",
    "◆": "diamond",
    "▲": "triangle-up",
    "▼": "triangle-down",
    "✚": "cross",
    "✖": "x",
    "★": "star",
    "⬟": "pentagon",
}

CONFIG = {"displayModeBar": False}


def line_of_members(loaded: Loaded, outcome: Outcome, pin: Outcome | None = None) -> go.Figure:
    """Put every member, with its shape, the ensemble with its interval, and what is pinned on one line of accuracy."""
    colours, accuracy = ink(), outcome.member_accuracy
    below = sum(value < outcome.accuracy for value in accuracy.values())
    figure = go.Figure()
    low, high = (100 * bound for bound in outcome.interval)
    figure.add_scatter(
        x=[low, high], y=[0, 0], mode="lines", line={"color": colours.accent, "width": 3}, hoverinfo="skip"
    )
    for name, value in accuracy.items():
        on = name in outcome.setting.members
        marker = {"symbol": SYMBOLS[glyph(loaded, name)], "size": 13, "color": colours.text if on else "rgba(0,0,0,0)"}
        figure.add_scatter(
            x=[100 * value],
            y=[0],
            mode="markers",
            marker=marker | {"line": {"color": colours.text if on else colours.faint, "width": 1.5}},
            hovertemplate=f"{name}: %{{x:.2f}}%<extra>{'on' if on else 'off'}</extra>",
        )
    figure.add_scatter(
        x=[100 * outcome.accuracy],
        y=[0],
        mode="markers",
        marker={"symbol": "line-ns", "size": 30, "line": {"color": colours.accent, "width": 5}},
        hovertemplate="ensemble: %{x:.2f}%<extra></extra>",
    )
    if pin is not None:
        figure.add_scatter(
            x=[100 * pin.accuracy],
            y=[0],
            mode="markers+text",
            marker={"symbol": "line-ns", "size": 30, "line": {"color": colours.text, "width": 2}},
            text=["A"],
            textposition="top center",
            hovertemplate="A, pinned: %{x:.2f}%<extra></extra>",
        )
    spread = [*(100 * value for value in accuracy.values()), low, high]
    spread += [] if pin is None else [100 * pin.accuracy]
    pad = 0.04 * (max(spread) - min(spread)) + 0.4
    total = len(accuracy)
    name = shown(outcome)
    rank = "every member" if below == total else f"{below} of {total} members"
    title = f"{name[0].upper()}{name[1:]} is above {rank}" if total > 1 else f"{name} is the only member so far"
    figure.update_xaxes(
        range=[min(spread) - pad, max(spread) + pad],
        title=f"accuracy, % (bar: {shown(outcome)}; line: 95% interval)",
    )
    figure.update_yaxes(visible=False, range=[-1, 1])
    return layout(figure, title, 150)


def recall_change(outcome: Outcome) -> go.Figure:
    """Show how much more of each emotion the ensemble finds than the best member."""
    gain = 100 * outcome.recall_gain
    at = int(np.nanargmax(gain))
    title = f"Nothing changes: this is {outcome.best_member} alone"
    if np.nanmax(np.abs(gain)) > 0:
        title = f"{EMOTIONS[at].capitalize()} gains most: {points(outcome.recall_gain[at])} points of recall"
        if gain[at] <= 0:
            worst = int(np.nanargmin(gain))
            title = f"No emotion gains; {EMOTIONS[worst]} loses most: {points(outcome.recall_gain[worst])} points"
    figure = go.Figure(
        go.Bar(
            x=gain,
            y=list(EMOTIONS),
            orientation="h",
            marker={"color": [COLOURS[emotion] for emotion in EMOTIONS]},
            text=[points(value) for value in outcome.recall_gain],
            textposition="outside",
            cliponaxis=False,
            customdata=100 * outcome.recalls,
            hovertemplate="%{y}: %{x:+.1f} points, recall now %{customdata:.1f}%<extra></extra>",
        )
    )
    reach = max(1.0, float(np.nanmax(np.abs(gain)))) * 1.25
    figure.update_xaxes(range=[-reach, reach], title=f"recall against {outcome.best_member}, points", zeroline=True)
    figure.update_yaxes(autorange="reversed")
    return layout(figure, title, 340)


def confusion(outcome: Outcome) -> go.Figure:
    """Show which emotion is taken for which, as shares of each true emotion."""
    counts = outcome.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    off = np.where(np.eye(len(EMOTIONS), dtype=bool), -1.0, shares)
    true, taken = np.unravel_index(int(off.argmax()), off.shape)
    title = f"{percent(shares[true, taken], 0)}% of {EMOTIONS[true]} faces are taken for {EMOTIONS[taken]}"
    figure = go.Figure(
        go.Heatmap(
            z=100 * shares,
            x=list(EMOTIONS),
            y=list(EMOTIONS),
            customdata=counts,
            colorscale=ink().scale,
            zmin=0,
            zmax=100,
            showscale=False,
            xgap=2,
            ygap=2,
            texttemplate="%{z:.0f}",
            textfont={"color": ink().text},
            hovertemplate="%{y} taken for %{x}: %{z:.1f}%, %{customdata} images<extra></extra>",
        )
    )
    figure.update_xaxes(title="predicted", tickangle=-35)
    figure.update_yaxes(title="true, % of row", autorange="reversed")
    return layout(figure, title, 340)


def weights(outcome: Outcome) -> go.Figure:
    """Show each member's share of the say on each emotion."""
    shares = 100 * outcome.weights
    names = list(outcome.setting.members)
    spread = shares.max(axis=0) - shares.min(axis=0)
    at = int(spread.argmax())
    title, rule = "Every member has the same say", COMBINERS[outcome.setting.combiner]
    if not rule.weighs:
        title, shares = f"{rule.title} uses no weights: it finds out whom to believe", np.full_like(shares, np.nan)
    elif len(names) == 1:
        title = f"{names[0]} has all the say"
    elif spread[at] > 0.05:
        title = f"On {EMOTIONS[at]}, {names[int(shares[:, at].argmax())]} has most say: {shares[:, at].max():.1f}%"
        if np.ptp(shares, axis=1).max() < 0.05:
            title = f"{names[int(shares[:, 0].argmax())]} has most say on every emotion: {shares[:, 0].max():.1f}%"
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=list(EMOTIONS),
            y=names,
            colorscale=ink().scale,
            zmin=0,
            zmax=max(2 * 100 / len(names), float(shares.max())),
            showscale=False,
            xgap=2,
            ygap=2,
            texttemplate="%{z:.1f}",
            textfont={"color": ink().text},
            hovertemplate="%{y} on %{x}: %{z:.2f}% of the weight<extra></extra>",
        )
    )
    figure.update_xaxes(tickangle=-35)
    figure.update_yaxes(autorange="reversed")
    return layout(figure, title, 130 + 30 * len(names))


def confidence_order(loaded: Loaded, members: tuple[str, ...]) -> go.Figure:
    """Show the emotions of each member from the one it is surest of to the least sure, on PublicTest."""
    order = loaded.order[[loaded.members.index(name) for name in members]]
    distinct = len({tuple(row) for row in order})
    title = f"{distinct} different orders of confidence among {len(members)} members"
    if len(members) == 1:
        title = f"{members[0]} is surest of {EMOTIONS[order[0][0]]}, least of {EMOTIONS[order[0][-1]]}"
    elif distinct == 1:
        title = "All members are sure of the emotions in the same order"
    palette = [COLOURS[emotion] for emotion in EMOTIONS]
    steps = [[(i + j) / len(palette), colour] for i, colour in enumerate(palette) for j in (0, 1)]
    figure = go.Figure(
        go.Heatmap(
            z=order,
            x=[str(rank) for rank in range(1, len(EMOTIONS) + 1)],
            y=list(members),
            text=[[EMOTIONS[c] for c in row] for row in order],
            texttemplate="%{text}",
            textfont={"color": "#111111", "size": 10},
            colorscale=steps,
            zmin=-0.5,
            zmax=len(EMOTIONS) - 0.5,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y}, place %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(title="place, surest first", type="category")
    figure.update_yaxes(autorange="reversed")
    return layout(figure, title, 130 + 30 * len(members))
