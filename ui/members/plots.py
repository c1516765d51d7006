"""Figures of one member: its training, what it finds and how sure it is of it."""

import math

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.emotions import COLOURS, EMOTIONS, SCORED
from fer_core.format import percent
from ui.kit.theme import coloured, ink, layout, two_lines
from ui.members.data import Look, Scales


def curves(look: Look, scales: Scales) -> go.Figure:
    """Show losses and accuracy over the epochs, with the epoch whose weights were kept."""
    history, best, colours = look.history, look.card.best_epoch, ink()
    kept = next((row for row in history if row.epoch == best), None)
    title = f"Epoch {best} of {look.card.epochs} is kept: {percent(kept.valid_accuracy)}%" if kept else "No epochs kept"
    title += f"<br>{coloured('PublicTest', colours.accent)} and {coloured('Training', colours.faint)}, one view"
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    epochs = [row.epoch for row in history]
    drawn = (
        ("Training loss", [row.train_loss for row in history], colours.faint, 1),
        ("PublicTest loss", [row.valid_loss for row in history], colours.accent, 1),
        ("PublicTest accuracy", [100 * row.valid_accuracy for row in history], colours.accent, 2),
    )
    for name, values, colour, row in drawn:
        digits = "%{y:.1f}%" if row == 2 else "%{y:.3f} nats"
        figure.add_scatter(
            x=epochs,
            y=values,
            mode="lines",
            line={"color": colour, "width": 2.5},
            hovertemplate=f"epoch %{{x}}: {digits}<extra>{name}</extra>",
            row=row,
            col=1,
        )
    if kept:
        figure.add_vline(x=best, line={"color": colours.text, "width": 1, "dash": "dot"})
        figure.add_scatter(
            x=[best],
            y=[100 * kept.valid_accuracy],
            mode="markers",
            marker={"color": colours.accent, "size": 11, "line": {"color": colours.text, "width": 1.5}},
            hoverinfo="skip",
            row=2,
            col=1,
        )
    pads = [0.06 * (high - low) + 0.01 for low, high in (scales.loss, scales.accuracy)]
    figure.update_yaxes(title="loss, nats", range=[scales.loss[0] - pads[0], scales.loss[1] + pads[0]], row=1)
    accuracy = [100 * (scales.accuracy[0] - pads[1]), 100 * (scales.accuracy[1] + pads[1])]
    figure.update_yaxes(title="accuracy, %", range=accuracy, row=2)
    figure.update_xaxes(range=[0.5, scales.epochs + 0.5])
    figure.update_xaxes(title="epoch", row=2)
    return two_lines(layout(figure, title, 380))


def recall(look: Look) -> go.Figure:
    """Show the share of each emotion's faces that the member finds."""
    shares = look.outcome.recalls
    high, low = int(np.nanargmax(shares)), int(np.nanargmin(shares))
    title = (
        f"Finds {EMOTIONS[high]} best ({percent(shares[high], 0)}%), {EMOTIONS[low]} worst ({percent(shares[low], 0)}%)"
    )
    figure = go.Figure(
        go.Bar(
            x=100 * shares,
            y=list(EMOTIONS),
            orientation="h",
            marker={"color": [COLOURS[emotion] for emotion in EMOTIONS]},
            text=["–" if math.isnan(share) else percent(share) for share in shares],
            textposition="outside",
            cliponaxis=False,
            customdata=look.outcome.confusion.sum(axis=1),
            hovertemplate="%{y}: %{x:.1f}% of %{customdata} images<extra></extra>",
        )
    )
    split = SCORED[look.outcome.setting.split]
    figure.update_xaxes(range=[0, 115], tickvals=[0, 25, 50, 75, 100], title=f"recall on {split}, %")
    figure.update_yaxes(autorange="reversed")
    return layout(figure, title, 320)


def calibration(look: Look) -> go.Figure:
    """Draw the reliability diagram: how often the member is right when it is so sure, and how many images that is."""
    found, colours = look.reliability, ink()
    full = found.counts > 0
    error = f"{percent(found.ece)} points"
    title = f"{'Overconfident' if found.excess > 0 else 'Underconfident'}: off by {error}"
    if abs(found.excess) < found.ece / 2:
        title = f"Over- and underconfident: off by {error}"
    if found.ece < 0.02:
        title = f"As confident as it is accurate: off by {error}"
    middle = 50 * (found.edges[1:] + found.edges[:-1])
    figure = go.Figure()
    figure.add_bar(
        x=middle,
        y=found.counts,
        width=90 / len(found.counts),
        yaxis="y2",
        marker={"color": colours.faint, "opacity": 0.3},
        hovertemplate="%{y} images<extra></extra>",
    )
    diagonal = {"color": colours.faint, "width": 1.5, "dash": "dash"}
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", line=diagonal, hoverinfo="skip")
    figure.add_scatter(
        x=100 * found.confidence[full],
        y=100 * found.accuracy[full],
        mode="lines+markers",
        line={"color": colours.accent, "width": 2.5},
        marker={"size": 8},
        customdata=found.counts[full],
        hovertemplate="says %{x:.1f}%, is right on %{y:.1f}% of %{customdata} images<extra></extra>",
    )
    figure.update_xaxes(range=[0, 101], title="confidence, % (grey bars: number of images)")
    figure.update_yaxes(range=[-2, 103], title="right, %")
    most = max(int(found.counts.max()), 1)
    figure.update_layout(yaxis2={"overlaying": "y", "side": "right", "visible": False, "range": [0, 2.5 * most]})
    return layout(figure, title, 320)
