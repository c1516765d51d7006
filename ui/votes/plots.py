"""The confusion matrix of the page Votes, whose cells can be clicked."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from ui.kit.labels import IN_CARD, LONGEST, largest, named, of_how_many, short
from ui.kit.theme import ink, layout, two_lines
from ui.votes.choice import ANY, class_of
from ui.votes.data import Votes
from ui.votes.wording import title, who

CELL, WIDTH, WRITTEN = 35, 260, 12
"""Side of a cell in pixels: seven of them fit a phone; the width of more; most classes whose cells say their number."""


def cells(found: Votes) -> go.Figure:
    """Show what fits by label and by what the ensemble says, a square a cell: a heatmap could not be clicked."""
    colours, chosen, classes = ink(), found.chosen, found.ballots.classes
    shown = _shown(found)
    names, counts = np.array([classes[c] for c in shown]), found.cells[np.ix_(shown, shown)].ravel()
    true, taken = (part.ravel() for part in np.indices((len(shown), len(shown))))
    among = found.totals[shown][true] if found.whole else np.full(len(counts), found.cells.sum())
    shares = 100 * counts / np.maximum(among, 1)
    framed = (names[true] == class_of(chosen.true)) | (chosen.true == ANY)
    framed &= (names[taken] == class_of(chosen.taken_for)) | (chosen.taken_for == ANY)
    framed &= (chosen.true, chosen.taken_for) != (ANY, ANY)
    written = len(shown) <= WRITTEN
    ticks = named(names.tolist(), LONGEST if len(shown) <= 7 else IN_CARD)
    if not written:
        ticks["tickfont"] = {"size": 9}
    # What a click dims by itself would say something else than what is chosen.
    as_before = {"marker": {"opacity": 1}, "textfont": {"color": colours.text}}
    figure = go.Figure(
        go.Scatter(
            x=names[taken].tolist(),
            y=names[true].tolist(),
            mode="markers+text" if written else "markers",
            text=[f"{count:,}" if count else "" for count in counts.tolist()],
            textfont={"color": colours.text, "size": 12 if len(shown) <= 7 else 10},
            marker={
                "symbol": "square",
                "size": min(CELL, WIDTH // len(shown)),
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
            hovertemplate=f"%{{y}} taken for %{{x}}: %{{customdata[2]:,}} of %{{customdata[1]:,}} {found.words.items}, "
            "%{customdata[0]:.1f}%<extra></extra>",
        )
    )
    figure.update_xaxes(
        title=f"what {short(who(found.ballots))} says",
        tickangle=-35 if written else -90,
        range=[-0.6, len(shown) - 0.4],
        showgrid=False,
        zeroline=False,
        constrain="domain",
        constraintoward="left",
        **ticks,
    )
    figure.update_yaxes(
        title=found.words.label,
        range=[len(shown) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
        **ticks,
    )
    some = of_how_many(len(shown), len(classes), found.words.kinds)
    if not some:
        return layout(figure, title(found), 395)
    return two_lines(layout(figure, f"{title(found)}<br><span style='font-weight:400'>{some}</span>", 480))


def _shown(found: Votes) -> list[int]:
    """Return the classes that are drawn: those with most errors, and those that are chosen."""
    off = found.cells - np.diag(np.diag(found.cells))
    most = (off.sum(axis=0) + off.sum(axis=1)).astype(float)
    for word in (found.chosen.true, found.chosen.taken_for):
        if word != ANY:
            most[found.ballots.classes.index(class_of(word))] = np.inf
    return largest(np.nan_to_num(most))
