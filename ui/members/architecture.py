"""The picture of a network: its blocks from input to logits, and where its work and its parameters are."""

import math
from textwrap import wrap

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.artifacts import Layer
from ui.kit.theme import coloured, ink, layout, two_lines
from ui.members.data import Look, Scales

ROW = 36
"""Height of a block in pixels: two lines of text."""


def _shape(layer: Layer) -> str:
    return " × ".join(map(str, layer.shape)) if len(layer.shape) == 3 else f"{layer.channels} numbers"


def _wrapped(text: str) -> str:
    """Break a line that a phone could not show beside the finger."""
    return "<br>".join(wrap(text, 36))


def _thickness(channels: int, most: int) -> float:
    """Return how thick a block is drawn, as a share of its row: by doublings, so that 1 and 640 both can be seen."""
    return 0.14 + 0.72 * math.log2(1 + channels) / math.log2(1 + max(most, 2))


def _most(shares: list[float], words: str) -> str:
    """Say where most of something is, in the block that stands out or the fewest first or last blocks that hold half.

    shares : of each block, in percent; words : what it is, with its verb
    """
    at, blocks = int(np.argmax(shares)), len(shares)
    if shares[at] >= 40 or blocks == 1:
        return f"{shares[at]:.0f}% of the {words} in block {at + 1}"
    first, last = (int(np.searchsorted(np.cumsum(part), 50)) + 1 for part in (shares, shares[::-1]))
    start, end = (1, first) if first <= last else (blocks - last + 1, blocks)
    return f"Half of the {words} in blocks {start} to {end}"


def diagram_height(scales: Scales) -> int:
    """Return the height of `diagram` in pixels."""
    return 128 + ROW * (scales.rows + 1)


def diagram(look: Look, scales: Scales) -> go.Figure:
    """Draw a network from input to logits: each block's side and channels, and its share of work and weights."""
    layers, colours = look.card.layers, ink()
    work = [100 * layer.macs / max(sum(each.macs for each in layers), 1) for layer in layers]
    weights = [100 * layer.parameters / max(sum(each.parameters for each in layers), 1) for layer in layers]
    said = (
        _most(work, f"{coloured('work', colours.accent)} is"),
        _most(weights, f"{coloured('parameters', colours.faint)} are"),
    )
    title = f"{said[0]},<br>{said[1][0].lower()}{said[1][1:]}"
    side = look.card.input_size
    sides, channels = [side, *(layer.side for layer in layers)], [1, *(layer.channels for layer in layers)]
    hover = [f"input: one face of {side} × {side} pixels"]
    hover += [
        f"{i}: {_wrapped(layer.detail)}<br>output {_shape(layer)}<br>"
        f"{layer.macs:,} multiply-adds<br>{layer.parameters:,} parameters"
        for i, layer in enumerate(layers, 1)
    ]
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, column_widths=[0.34, 0.66], horizontal_spacing=0.03)
    figure.add_bar(
        y=list(range(len(sides))),
        x=sides,
        base=[-width / 2 for width in sides],
        width=[_thickness(count, scales.channels) for count in channels],
        orientation="h",
        marker={"color": colours.accent, "opacity": 0.45, "line": {"color": colours.accent, "width": 1}},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        row=1,
        col=1,
    )
    for values, shift, colour in ((work, -0.17, colours.accent), (weights, 0.17, colours.faint)):
        figure.add_bar(
            y=[i + shift for i in range(1, len(layers) + 1)],
            x=values,
            width=0.3,
            orientation="h",
            marker={"color": colour},
            text=[f"{value:.0f}" if value >= 0.5 else "" for value in values],
            textposition="outside",
            textfont={"size": 11, "color": colours.text},
            constraintext="none",
            cliponaxis=False,
            hovertext=hover[1:],
            hovertemplate="%{hovertext}<extra></extra>",
            row=1,
            col=2,
        )
    names = [f"input<br>1 × {side} × {side}"]
    names += [f"<b>{i}</b> · {layer.name}<br>{_shape(layer)}" for i, layer in enumerate(layers, 1)]
    half = scales.side / 2
    figure.update_xaxes(range=[-half, half], tickvals=[0], ticktext=[f"← {scales.side} →"], title="side, px", col=1)
    figure.update_xaxes(range=[0, 118], tickvals=[0, 50, 100], title="share of the network, %", col=2)
    figure.update_yaxes(range=[scales.rows + 0.6, -0.6], showgrid=False, zeroline=False)
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, tickfont={"size": 11}, col=1)
    return two_lines(layout(figure, title, diagram_height(scales), barmode="overlay"))
