"""Members and the ensemble on one line of accuracy."""

import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.ensemble import Outcome
from fer_core.figures.ink import Ink, layout
from fer_core.figures.marks import symbol_of


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
