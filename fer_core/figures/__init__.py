"""Figures of an ensemble, for pages and for the report: Plotly alone, and colours that are handed in."""

from fer_core.figures.classes import confusion, recall_change
from fer_core.figures.members import confidence_order, line_of_members, weights
from fer_core.figures.theme import (
    DARK,
    GLYPHS,
    LIGHT,
    ON_COLOUR,
    SYMBOLS,
    Ink,
    class_colours,
    coloured,
    glyph_of,
    layout,
    symbol_of,
    two_lines,
)

__all__ = [
    "DARK",
    "GLYPHS",
    "LIGHT",
    "ON_COLOUR",
    "SYMBOLS",
    "Ink",
    "class_colours",
    "coloured",
    "confidence_order",
    "confusion",
    "glyph_of",
    "layout",
    "line_of_members",
    "recall_change",
    "symbol_of",
    "two_lines",
    "weights",
]
