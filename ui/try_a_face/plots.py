"""The figure of an answer."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.ensemble import Answer
from ui.data.artifacts import Loaded
from ui.kit.answers import agreement
from ui.kit.theme import SYMBOLS, ink, layout
from ui.kit.wording import glyph


def opinions(loaded: Loaded, answer: Answer, *, vote: bool) -> go.Figure:
    """Show the ensemble's share of each emotion as a bar, and every member's probability as its shape on it.

    vote : whether the shares are shares of a vote
    """
    colours, shares, rows = ink(), 100 * answer.shares, np.arange(len(EMOTIONS))
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=rows,
            orientation="h",
            marker={"color": [COLOURS[emotion] for emotion in EMOTIONS]},
            customdata=list(EMOTIONS),
            hovertemplate="the ensemble, %{customdata}: %{x:.1f}%<extra></extra>",
        )
    )
    # Members stand one below the other within the height of a bar, so that equal ones do not hide each other.
    spread = np.linspace(-0.3, 0.3, len(answer.members)) if len(answer.members) > 1 else np.zeros(1)
    for name, row, on, off in zip(answer.members, answer.probabilities, answer.chosen, spread, strict=True):
        figure.add_scatter(
            x=100 * row,
            y=rows + off,
            mode="markers",
            marker={
                "symbol": SYMBOLS[glyph(loaded, name)],
                "size": 7,
                "color": colours.text if on else "rgba(0,0,0,0)",
                "line": {"color": colours.paper if on else colours.faint, "width": 1},
            },
            customdata=list(EMOTIONS),
            hovertemplate=f"{name}, %{{customdata}}: %{{x:.1f}}%<extra>{'' if on else 'off'}</extra>",
        )
    what = "share of the vote" if vote else "probability"
    figure.update_xaxes(range=[0, 100], title=f"{what}, % (bar: the ensemble; shapes: members)")
    figure.update_yaxes(range=[len(EMOTIONS) - 0.5, -0.5], tickvals=rows, ticktext=list(EMOTIONS))
    title = agreement(answer)
    return layout(figure, f"{title[0].upper()}{title[1:]}: {EMOTIONS[answer.label]}", 360)
