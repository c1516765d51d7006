"""Figures of the page Ensemble, in the visitor's theme."""

import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core import figures
from fer_core.ensemble import Outcome
from ui.data.artifacts import Loaded
from ui.kit.theme import ink


def line_of_members(outcome: Outcome, pin: Outcome | None = None) -> go.Figure:
    """Put every member, the ensemble with its interval, and what is pinned on one line of accuracy."""
    return figures.line_of_members(outcome, pin, ink=ink())


def recall_change(loaded: Loaded, outcome: Outcome) -> go.Figure:
    """Show how much more of each class the ensemble finds than the best member."""
    return figures.recall_change(outcome, loaded.explorer.classes, ink=ink(), words=loaded.words)


def confusion(loaded: Loaded, outcome: Outcome) -> go.Figure:
    """Show which class is taken for which, as shares of each true class."""
    return figures.confusion(outcome, loaded.explorer.classes, ink=ink(), words=loaded.words)


def weights(loaded: Loaded, outcome: Outcome) -> go.Figure:
    """Show each member's share of the say on each class."""
    return figures.weights(outcome, loaded.explorer.classes, ink=ink(), words=loaded.words)


def confidence_order(loaded: Loaded, members: tuple[str, ...]) -> go.Figure:
    """Show the classes of each member from the one it is surest of to the least sure."""
    order = loaded.order[[loaded.members.index(name) for name in members]]
    return figures.confidence_order(order, members, loaded.explorer.classes, ink=ink(), words=loaded.words)
