"""Figures of maps: a map over its face, with the value under the pointer."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy import generic, uint8
from numpy.typing import NDArray

from fer_core.emotions import SIDE
from ui.kit.theme import GREYS, layout

AGAINST, FOR, AMOUNT = (0, 114, 178), (213, 94, 0), (230, 159, 0)
"""Blue speaks against, vermilion for; orange says how much without a side.  A test holds them to those of the PNG."""
TITLE = 46
"""Height of a title of two lines in pixels."""
LARGE = 250
"""Width in pixels from which titles are larger."""


def _rgba(colour: tuple[int, int, int], alpha: float) -> str:
    return f"rgba({colour[0]},{colour[1]},{colour[2]},{alpha:.3g})"


@dataclass(frozen=True)
class Paint:
    """How maps are coloured.

    scale : the value of full colour; signed : whether values below zero speak against
    strength : the share of colour in full colour, 0 to 1; low : the value without colour, where values have no side
    """

    scale: float
    signed: bool
    strength: float
    low: float = 0.0

    @property
    def colours(self) -> list[tuple[float, str]]:
        """A colour scale of Plotly that is clear at zero."""
        if not self.signed:
            return [(0, _rgba(AMOUNT, 0)), (1, _rgba(AMOUNT, self.strength))]
        sides = [(0, _rgba(AGAINST, self.strength)), (0.5, _rgba(AGAINST, 0))]
        return [*sides, (0.5, _rgba(FOR, 0)), (1, _rgba(FOR, self.strength))]


def face_trace(image: NDArray[generic], white: float = 255) -> go.Heatmap:
    """Return a face [48,48] in grey; white : its value of white."""
    return go.Heatmap(z=image, colorscale=GREYS, zmin=0, zmax=white, showscale=False, hoverinfo="skip")


def map_trace(values: NDArray[generic], name: str, paint: Paint) -> go.Heatmap:
    """Return a map [48,48] in colours."""
    return go.Heatmap(
        z=values,
        colorscale=paint.colours,
        zmin=-paint.scale if paint.signed else paint.low,
        zmax=paint.scale,
        showscale=False,
        hovertemplate=f"{escape(name)}<br>x %{{x}}, y %{{y}}: %{{z:{'+' if paint.signed else ''}.3g}}<extra></extra>",
    )


def square(figure: go.Figure, **place: int) -> None:
    """Give a face its axes, the first row on top."""
    figure.update_xaxes(visible=False, range=[-0.5, SIDE - 0.5], constrain="domain", **place)
    figure.update_yaxes(visible=False, range=[SIDE - 0.5, -0.5], constrain="domain", **place)


def over_face(
    image: NDArray[uint8], values: NDArray[generic], title: tuple[str, str], name: str, paint: Paint, *, width: int
) -> go.Figure:
    """Show a map over its face.

    title : two lines; name : what the pointer says; width : of the figure in pixels, whose picture is square
    """
    figure = go.Figure([face_trace(image), map_trace(values, name, paint)])
    square(figure)
    size = 16 if width >= LARGE else 12
    second = f"<span style='font-weight:400;font-size:{size - 1}px'>{title[1]}</span>"
    layout(figure, f"{title[0]}<br>{second}", width + TITLE)
    return figure.update_layout(
        width=width,
        transition=None,
        margin={"l": 0, "r": 0, "t": TITLE, "b": 0},
        title={"font": {"size": size}, "y": 1, "pad": {"t": size + 2}},
        hoverlabel={"font": {"size": 12}},
    )


def legend(ends: Sequence[str], words: str, paint: Paint) -> str:
    """Return the colour scale as HTML; ends : what stands at its left and right; words : the unit."""
    stops = ", ".join(f"{colour} {100 * at:g}%" for at, colour in paint.colours)
    left, right = map(escape, ends)
    return (
        '<div class="fer-scale" role="img" aria-label="colour scale">'
        f'<span>{left}</span><i style="background:linear-gradient(90deg, {stops}), #808080"></i><span>{right}</span>'
        f"<em>{escape(words)}</em></div>"
    )
