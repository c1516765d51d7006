"""The confusion matrix of the page Votes, whose cells can be clicked."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.emotions import EMOTIONS
from ui.figure import ink, layout
from ui.votes import Votes
from ui.votes_choice import ANY
from ui.votes_text import title, who

CELL = 35
"""Side of a cell in pixels: seven of them fit a phone."""


def cells(found: Votes) -> go.Figure:
    """Show what fits by label and by what the ensemble says, a square a cell: a heatmap could not be clicked."""
    colours, chosen = ink(), found.chosen
    true, taken = (part.ravel() for part in np.indices(found.cells.shape))
    counts = found.cells.ravel()
    among = found.totals[true] if found.whole else np.full(len(counts), counts.sum())
    shares = 100 * counts / np.maximum(among, 1)
    names = np.array(EMOTIONS)
    framed = (names[true] == chosen.true) | (chosen.true == ANY)
    framed &= (names[taken] == chosen.taken_for) | (chosen.taken_for == ANY)
    framed &= (chosen.true, chosen.taken_for) != (ANY, ANY)
    # What a click dims by itself would say something else than what is chosen.
    as_before = {"marker": {"opacity": 1}, "textfont": {"color": colours.text}}
    figure = go.Figure(
        go.Scatter(
            x=names[taken].tolist(),
            y=names[true].tolist(),
            mode="markers+text",
            text=[f"{count:,}" if count else "" for count in counts.tolist()],
            textfont={"color": colours.text, "size": 12},
            marker={
                "symbol": "square",
                "size": CELL,
                "opacity": 1,
                "color": shares.tolist(),
                "colorscale": colours.scale,
                "cmin": 0,
                "cmax": max(float(shares.max()), 1e-9),
                "line": {"color": colours.accent, "width": np.where(framed, 3, 0).tolist()},
            },
            selected=as_before,
            unselected=as_before,
            customdata=np.column_stack([shares, among, counts]).tolist(),
            hovertemplate="%{y} taken for %{x}: %{customdata[2]:,} of %{customdata[1]:,} images, %{customdata[0]:.1f}%"
            "<extra></extra>",
        )
    )
    figure.update_xaxes(
        title=f"what {who(found.ballots)} says",
        tickangle=-35,
        range=[-0.6, len(EMOTIONS) - 0.4],
        showgrid=False,
        zeroline=False,
        constrain="domain",
        constraintoward="left",
    )
    figure.update_yaxes(
        title="FER-2013's label",
        range=[len(EMOTIONS) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return layout(figure, title(found), 395)
