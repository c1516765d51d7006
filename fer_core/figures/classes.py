"""Which classes gain, and which are taken for which."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray

from fer_core.ensemble import Outcome
from fer_core.figures.theme import Ink, class_colours, layout
from fer_core.format import percent, points
from fer_core.terminology import FER, Words

ROWS = 20
"""Most classes that have a bar each; of more, those that change most."""
CELLS, WRITTEN = 40, 12
"""Most classes of a matrix, of more those with most errors; and most of which each cell says its number."""
HEIGHT = 340


def recall_change(outcome: Outcome, classes: Sequence[str], *, ink: Ink, words: Words = FER) -> go.Figure:
    """Show how much more of each class the ensemble finds than the best member; classes : names of all C."""
    gain = 100 * outcome.recall_gain
    shown, some = _most_changed(gain), ""
    if len(shown) < len(classes):
        some = f" (the {len(shown)} of {len(classes)} classes that change most)"
    at = int(np.nanargmax(gain))
    alone = outcome.setting.members == (outcome.best_member,)
    title = f"Nothing changes: this is {outcome.best_member} alone" if alone else "No recall changes"
    if np.nanmax(np.abs(gain)) > 0:
        worst = int(np.nanargmin(gain))
        gained, lost = points(outcome.recall_gain[at]), points(outcome.recall_gain[worst])
        if gain[at] <= 0:
            title = f"No {words.kind} gains; {classes[worst]} loses most: {lost} points"
        elif -gain[worst] > gain[at]:
            title = f"{_capital(classes[worst])} loses most: {lost} points of recall, {classes[at]} {gained}"
        else:
            title = f"{_capital(classes[at])} gains most: {gained} points of recall"
    colours = class_colours(classes, ink)
    figure = go.Figure(
        go.Bar(
            x=gain[shown],
            y=[classes[c] for c in shown],
            orientation="h",
            marker={"color": [colours[c] for c in shown]},
            text=[points(outcome.recall_gain[c]) for c in shown],
            textposition="outside",
            cliponaxis=False,
            customdata=100 * outcome.recalls[shown],
            hovertemplate="%{y}: %{x:+.1f} points, recall now %{customdata:.1f}%<extra></extra>",
        )
    )
    reach = max(1.0, float(np.nanmax(np.abs(gain)))) * 1.4
    figure.update_xaxes(range=[-reach, reach], title=f"recall against {outcome.best_member}, points", zeroline=True)
    figure.update_yaxes(autorange="reversed", type="category")
    return layout(figure, title + some, max(HEIGHT, 130 + 22 * len(shown)))


def _most_changed(gain: NDArray[np.float64]) -> list[int]:
    order = np.argsort(-np.abs(np.nan_to_num(gain)), kind="stable")[:ROWS]
    return sorted(order.tolist())


def _capital(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def confusion(outcome: Outcome, classes: Sequence[str], *, ink: Ink, words: Words = FER) -> go.Figure:
    """Show which class is taken for which, as shares of each true class; classes : names of all C."""
    counts = outcome.confusion
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    off = np.where(np.eye(len(classes), dtype=bool), -1.0, shares)
    true, taken = divmod(int(off.argmax()), len(classes))
    whose = f"{classes[true]} {words.faces}" if words is FER else f"{words.faces} of {classes[true]}"
    title = f"{percent(shares[true, taken], 0)}% of {whose} are taken for {classes[taken]}"
    if off[true, taken] <= 0:
        title = f"No {words.kind} is taken for another"
    shown = list(range(len(classes)))
    if len(classes) > CELLS:
        wrong = counts.sum(axis=1) - np.diag(counts) + counts.sum(axis=0) - np.diag(counts)
        shown = sorted(np.argsort(-wrong, kind="stable")[:CELLS].tolist())
        title += f" (the {CELLS} of {len(classes)} {words.kinds} with most errors)"
    names, part = [classes[c] for c in shown], np.ix_(shown, shown)
    figure = go.Figure(
        go.Heatmap(
            z=100 * shares[part],
            x=names,
            y=names,
            customdata=counts[part],
            colorscale=ink.scale,
            zmin=0,
            zmax=100,
            showscale=False,
            xgap=2 if len(shown) <= WRITTEN else 0,
            ygap=2 if len(shown) <= WRITTEN else 0,
            texttemplate="%{z:.0f}" if len(shown) <= WRITTEN else None,
            textfont={"color": ink.text},
            hovertemplate=f"%{{y}} taken for %{{x}}: %{{z:.1f}}%, %{{customdata}} {words.items}<extra></extra>",
        )
    )
    figure.update_xaxes(title="predicted", tickangle=-35, type="category")
    figure.update_yaxes(title="true, % of row", autorange="reversed", type="category")
    return layout(figure, title, HEIGHT if len(shown) <= WRITTEN else HEIGHT + 160)
