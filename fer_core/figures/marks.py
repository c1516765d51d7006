"""Members' shapes and classes' colours, the same in every figure."""

from collections.abc import Sequence

from fer_core.emotions import COLOURS
from fer_core.figures.ink import Ink

GLYPHS = "●■◆▲▼✚✖★⬟◀▶⬢✦⋈◢◣◥✶"
"""A shape for each member, in order, over and over."""
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
    "◀": "triangle-left",
    "▶": "triangle-right",
    "⬢": "hexagon",
    "✦": "star-diamond",
    "⋈": "bowtie",
    "◢": "triangle-se",
    "◣": "triangle-sw",
    "◥": "triangle-ne",
    "✶": "hexagram",
}
"""What Plotly calls each shape."""


def glyph_of(members: Sequence[str], member: str) -> str:
    """Return the shape of one of some members."""
    return GLYPHS[members.index(member) % len(GLYPHS)]


def symbol_of(members: Sequence[str], member: str) -> str:
    """Return what Plotly calls it."""
    return SYMBOLS[glyph_of(members, member)]


def class_colours(classes: Sequence[str], ink: Ink) -> list[str]:
    """Return a colour for each class: an emotion's own, and the accent for any other, which are told apart by name."""
    return [COLOURS.get(name, ink.accent) for name in classes]
