"""Figures of an ensemble, for pages and for the report: Plotly alone, and colours that are handed in."""

from fer_core.figures.classes import confusion, recall_change
from fer_core.figures.ink import DARK, LIGHT, ON_COLOUR, Ink, coloured, layout, two_lines
from fer_core.figures.line import line_of_members
from fer_core.figures.marks import GLYPHS, SYMBOLS, class_colours, glyph_of, symbol_of
from fer_core.figures.weights import confidence_order, weights

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
