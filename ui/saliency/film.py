"""The path of Integrated Gradients as a film: what the network sees, and what has added up."""

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.emotions import EMOTIONS
from fer_core.format import percent
from ui.kit.theme import coloured, ink, layout, two_lines
from ui.saliency.plots import Paint, face_trace, map_trace, square

if TYPE_CHECKING:
    from fer_core.saliency.path import Path


FRAME = 450
"""Milliseconds a frame."""
HEIGHT = 540


def film(found: "Path", name: str, paint: Paint) -> go.Figure:
    """Show the path from the baseline to the face, frame by frame.

    found : `fer_core.saliency.path.Path`; name : whose it is
    """
    colours, at = ink(), 100 * found.shares
    summed = found.numbers[0] + found.maps.sum(axis=(1, 2))
    figure = make_subplots(
        rows=2,
        cols=2,
        specs=[[{}, {}], [{"colspan": 2}, None]],
        row_heights=[0.64, 0.36],
        vertical_spacing=0.06,
        horizontal_spacing=0.03,
    )
    last = len(at) - 1
    figure.add_trace(face_trace(found.images[last], white=1), row=1, col=1)
    figure.add_trace(face_trace(found.images[last], white=1), row=1, col=2)
    figure.add_trace(map_trace(found.maps[last], f"{name}, added up", paint), row=1, col=2)
    for values, colour, dash, word in (
        (found.numbers, colours.accent, "solid", "the network's number"),
        (summed, colours.faint, "dot", "added up from pixels"),
    ):
        figure.add_scatter(
            x=at,
            y=values,
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=f"%{{x:.0f}}% of the way: %{{y:.2f}}<extra>{word}</extra>",
            row=2,
            col=1,
        )
    marker = {"size": 12, "color": colours.accent, "line": {"color": colours.text, "width": 1.5}}
    figure.add_scatter(
        x=[at[last]], y=[found.numbers[last]], mode="markers", marker=marker, hoverinfo="skip", row=2, col=1
    )
    figure.frames = [
        go.Frame(
            name=str(k),
            data=[
                go.Heatmap(z=found.images[k]),
                go.Heatmap(z=found.maps[k]),
                go.Scatter(x=[at[k]], y=[found.numbers[k]]),
            ],
            traces=[0, 2, 5],
        )
        for k in range(len(at))
    ]
    for column, axis in ((1, "x"), (2, "x2")):
        square(figure, row=1, col=column)
        figure.update_yaxes(scaleanchor=axis, row=1, col=column)
    figure.update_xaxes(range=[-3, 103], title="share of the way, %", title_standoff=4, row=2, col=1)
    figure.update_yaxes(title="nats", row=2, col=1)
    lines = f"{coloured('the number itself', colours.accent)}, {coloured('summed up from pixels', colours.faint)}"
    title = f"{_gain(found)}<br>{lines}"
    two_lines(layout(figure, title, HEIGHT))
    moved = {"frame": {"duration": FRAME, "redraw": True}, "transition": {"duration": 0}, "fromcurrent": False}
    still = {"frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate"}
    buttons = [
        {"label": "▶ Play", "method": "animate", "args": [None, moved]},
        {"label": "❚❚", "method": "animate", "args": [[None], still]},
    ]
    steps = [{"label": f"{share:.0f}", "method": "animate", "args": [[str(k)], still]} for k, share in enumerate(at)]
    return figure.update_layout(
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "buttons": buttons,
                "x": 0,
                "y": -0.27,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 4, "r": 8},
                "showactive": False,
            }
        ],
        sliders=[
            {
                "active": last,
                "steps": steps,
                "x": 0.27,
                "len": 0.73,
                "y": -0.23,
                "pad": {"t": 4, "b": 4},
                "currentvalue": {"visible": False},
            }
        ],
        margin={"b": 130},
    )


def _gain(found: "Path") -> str:
    """Say what the way from the baseline to the face changes."""
    label, first, last = int(found.direction.argmax()), found.numbers[0], found.numbers[-1]
    if found.direction.min() < 0:
        other = EMOTIONS[int(found.direction.argmin())]
        return f"{EMOTIONS[label].capitalize()} over {other}: from {first:+.1f} to {last:+.1f} nats"
    ends = [percent(float(np.exp(number)), 0) for number in (first, last)]
    return f"{EMOTIONS[label].capitalize()} goes from {ends[0]}% to {ends[1]}%"
