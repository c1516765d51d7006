"""Figures of the page Ensemble, in the visitor's theme."""

import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core import figures
from fer_core.ensemble import Outcome
from ui.data.artifacts import Loaded
from ui.kit.theme import ink


def weights(loaded: Loaded, outcome: Outcome) -> go.Figure:
    """Show each member's share of the say on each class."""
    return _light(figures.weights(outcome, loaded.explorer.classes, ink=ink(), words=loaded.words))


def confidence_order(loaded: Loaded, members: tuple[str, ...]) -> go.Figure:
    """Show the classes of each member from the one it is surest of to the least sure."""
    order = loaded.order[[loaded.members.index(name) for name in members]]
    return _light(figures.confidence_order(order, members, loaded.explorer.classes, ink=ink(), words=loaded.words))


def _light(figure: go.Figure) -> go.Figure:
    """Leave out of a figure what Streamlit says of traces in general: half of its bytes, and these have colours."""
    figure.layout.template.data = {}
    return figure
