"""Figures of the page Limits."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.emotions import COLOURS, EMOTIONS, SIDE, SPLITS, USAGES
from fer_core.format import percent
from fer_core.metrics.crowd import Share
from ui.kit.theme import GREYS, ink, layout, two_lines
from ui.limits.data import Crowd, Limits, ends

SHADES = (1.0, 0.6, 0.3)
"""Opacity of Training, PublicTest and PrivateTest."""
SHARES_END = 122
"""Where the axis of shares in % ends: numbers stand right of 100."""
ABREAST = 4
"""Mean faces side by side."""


def confirmed(crowd: Crowd) -> go.Figure:
    """Show of each label how often the crowd agrees with it."""
    shares = crowd.confirmed
    low, high = ends(shares)
    title = f"The crowd confirms {_whole(shares[high])}% of {EMOTIONS[high]}, {_whole(shares[low])}% of {EMOTIONS[low]}"
    figure = go.Figure()
    _bars(figure, shares, "FER+ agrees on %{x:.1f}% of %{customdata} images labelled %{y}<extra></extra>")
    figure.update_xaxes(range=[0, SHARES_END], tickvals=[0, 25, 50, 75, 100], title="FER+ says the same, % of images")
    figure.update_yaxes(autorange="reversed", title="FER-2013's label")
    return layout(figure, title, 320)


def frequency(limits: Limits) -> go.Figure:
    """Show how many images each emotion has, and beside it how much of it is found."""
    totals = limits.counts.sum(axis=0)
    rare, (worst, _) = int(totals.argmin()), ends(limits.found)
    missed = f"{_whole(limits.found[worst])}%"
    title = f"{EMOTIONS[rare].capitalize()} is rarest, {EMOTIONS[worst]} has the lowest recall: {missed}"
    if rare == worst:
        title = f"{EMOTIONS[rare].capitalize()} is rarest and has the lowest recall: {missed}"
    title += "<br><span style='font-weight:400'>from full to faint: Training, PublicTest, PrivateTest</span>"
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06)
    for split, row, shade in zip(SPLITS, limits.counts, SHADES, strict=True):
        figure.add_bar(
            x=row,
            y=list(EMOTIONS),
            orientation="h",
            marker={"color": list(COLOURS.values()), "opacity": shade, "line": {"width": 0}},
            hovertemplate=f"{USAGES[split]}: %{{x:,}} %{{y}} images<extra></extra>",
            row=1,
            col=1,
        )
    figure.add_scatter(
        x=totals,
        y=list(EMOTIONS),
        mode="text",
        text=[f" {total:,}" for total in totals],
        textposition="middle right",
        textfont={"color": ink().text},
        cliponaxis=False,
        hoverinfo="skip",
        row=1,
        col=1,
    )
    _bars(figure, limits.found, "%{x:.1f}% of %{customdata} %{y} images are found<extra></extra>", row=1, col=2)
    figure.update_xaxes(range=[0, 1.4 * totals.max()], nticks=4, title="images in all", col=1)
    figure.update_xaxes(range=[0, 1.15 * SHARES_END], tickvals=[0, 50, 100], title="recall, %", col=2)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(barmode="stack")
    return two_lines(layout(figure, title, 360))


def twins(limits: Limits) -> go.Figure:
    """Show the accuracy on all images, without twins, and on twins alone, with intervals."""
    whole = Share(limits.outcome.correct, limits.outcome.n)
    named = {"all images": whole, "without twins": limits.others, "twins alone": limits.twins}
    shares = {f"{name},<br>{share.images:,}": share for name, share in named.items() if share.images}
    title = "No test image has a twin in Training"
    if limits.twins.images:
        title = f"Right on {_whole(limits.twins)}% of the twins, {_whole(limits.others)}% of the rest"
    colours = ink()
    values = [100 * share.correct / share.images for share in shares.values()]
    bounds = [100 * np.array(share.interval) for share in shares.values()]
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=list(shares),
            mode="markers+text",
            marker={"size": 13, "color": colours.accent},
            error_x=_error(values, bounds, colours.accent, 3),
            text=[f"{value:.1f}" for value in values],
            textposition="top center",
            textfont={"color": colours.text, "size": 14},
            cliponaxis=False,
            customdata=bounds,
            hovertemplate="%{y}: %{x:.2f}%, 95% interval %{customdata[0]:.1f} to %{customdata[1]:.1f}<extra></extra>",
        )
    )
    low, high = min(end[0] for end in bounds), max(end[1] for end in bounds)
    pad = 0.06 * (high - low) + 1
    figure.update_xaxes(range=[low - pad, high + pad], title="accuracy, % (line: 95% interval)")
    figure.update_yaxes(range=[len(shares) - 0.5, -0.75])
    return layout(figure, title, 280)


def mean_faces(limits: Limits) -> go.Figure:
    """Show the mean Training face of each emotion."""
    colours = ink()
    figure = go.Figure()
    for at, (emotion, face) in enumerate(zip(EMOTIONS, limits.faces, strict=True)):
        left, top = (at % ABREAST) * 1.1 * SIDE, (at // ABREAST) * 1.4 * SIDE
        figure.add_heatmap(
            z=face,
            x0=left,
            y0=top,
            colorscale=GREYS,
            zmin=0,
            zmax=255,
            showscale=False,
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=left + SIDE / 2,
            y=top + SIDE,
            text=emotion,
            showarrow=False,
            yanchor="top",
            font={"color": colours.text, "size": 13},
        )
    figure.update_xaxes(visible=False, constrain="domain", constraintoward="left")
    below = (len(EMOTIONS) - 1) // ABREAST + 1
    figure.update_yaxes(visible=False, range=[below * 1.4 * SIDE, -0.5], scaleanchor="x")
    figure.update_yaxes(constrain="domain", constraintoward="top")
    return layout(figure, "Mean Training faces show nobody in particular", 320)


def _bars(figure: go.Figure, shares: Sequence[Share], hover: str, **place: int) -> None:
    """Add a bar for each emotion's share, its 95% interval, and the number right of them all."""
    colours = ink()
    values = [np.nan if share.value is None else 100 * share.value for share in shares]
    bounds = [100 * np.array(share.interval or (np.nan, np.nan)) for share in shares]
    figure.add_bar(
        x=values,
        y=list(EMOTIONS),
        orientation="h",
        marker={"color": list(COLOURS.values())},
        error_x=_error(values, bounds, colours.text, 1.2),
        customdata=[share.images for share in shares],
        hovertemplate=hover,
        **place,
    )
    figure.add_scatter(
        x=[103] * len(EMOTIONS),
        y=list(EMOTIONS),
        mode="text",
        text=["–" if share.value is None else percent(share.value) for share in shares],
        textposition="middle right",
        textfont={"color": colours.text},
        cliponaxis=False,
        hoverinfo="skip",
        **place,
    )


def _error(values: Sequence[float], ends: Sequence[np.ndarray], colour: str, thickness: float) -> dict[str, object]:
    """Return error bars from values to the ends of their intervals."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [end[1] - value for value, end in zip(values, ends, strict=True)],
        "arrayminus": [value - end[0] for value, end in zip(values, ends, strict=True)],
        "color": colour,
        "thickness": thickness,
        "width": 0,
    }


def _whole(share: Share) -> str:
    return percent(share.value, 0)
