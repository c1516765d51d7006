"""What all figures share: the colours of a theme, margins, titles, members' shapes and classes' colours."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.emotions import COLOURS


@dataclass(frozen=True)
class Ink:
    """Colours of one theme: text, faint text, paper, the accent, and a scale of it on all of which text is readable."""

    text: str
    faint: str
    paper: str
    accent: str
    scale: list[list[object]]


LIGHT = Ink("#1C1C28", "#8A8A9A", "#FFFFFF", "#4338CA", [[0, "#FBFBFD"], [1, "#ABA5EE"]])
DARK = Ink("#ECECF2", "#9B9BAD", "#13141B", "#A5B4FC", [[0, "#181A23"], [1, "#4C55A8"]])
ON_COLOUR = "#111111"
"""Text on the colour of an emotion, in either theme."""


def layout(figure: go.Figure, title: str, height: int, **more: object) -> go.Figure:
    """Give a figure its title, its height and what all figures share; return it."""
    figure.update_layout(
        title={
            "text": title,
            "font": {"size": 15},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 7},
        },
        height=height,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        showlegend=False,
        dragmode=False,
        transition={"duration": 150},
        **more,
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def two_lines(figure: go.Figure) -> go.Figure:
    """Leave room for a title of two lines."""
    return figure.update_layout(margin={"t": 72}, title={"y": 1, "pad": {"t": 18}})


def coloured(text: str, colour: str) -> str:
    """Return a word of a title in the colour of what it names, so that no legend is needed."""
    return f'<span style="color:{colour}"><b>{text}</b></span>'


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
