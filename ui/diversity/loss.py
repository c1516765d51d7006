"""Figures of what differing buys, and how far it could go."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.ensemble.analysis.decomposition import Decomposition, Loss
from fer_core.ensemble.analysis.diversity import Independent
from fer_core.format import percent
from ui.diversity.data import Family, Found
from ui.diversity.wording import independent_title
from ui.kit.labels import beginning
from ui.kit.theme import SYMBOLS, ink, layout, two_lines

AMONG, ALL = "rgba(138,138,154,0.55)", 125
"""The bar of what is taken away; where the axis of shares in % ends, for the numbers beside."""


def waterfall(loss: Loss, parts: Decomposition) -> go.Figure:
    """Show the mean member's loss, less diversity, as the ensemble's."""
    colours = ink()
    labels = ["mean member", f"less {loss.diversity}", "the ensemble"]
    values, bases = [parts.mean_member, parts.diversity, parts.ensemble], [0.0, parts.ensemble, 0.0]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=labels,
            base=bases,
            orientation="h",
            marker={"color": [colours.faint, AMONG, colours.accent]},
            text=[f"{parts.mean_member:.3f}", f"−{parts.diversity:.3f}", f"{parts.ensemble:.3f}"],
            textposition="outside",
            textfont={"color": colours.text, "size": 14},
            cliponaxis=False,
            customdata=values,
            hovertemplate="%{y}: %{customdata:.4f}<extra></extra>",
        )
    )
    figure.add_shape(
        type="line",
        x0=parts.ensemble,
        x1=parts.ensemble,
        y0=1,
        y1=2,
        line={"color": colours.faint, "width": 1, "dash": "dot"},
    )
    saved = 100 * parts.diversity / parts.mean_member if parts.mean_member else 0.0
    title = f"Diversity lowers the mean member's<br>{loss.title} by {saved:.1f}%"
    if parts.diversity < 5e-7:
        title = f"No two members differ:<br>diversity does not lower the {loss.title}"
    unit = f"{loss.title}, {loss.unit}" if loss.unit else loss.title
    figure.update_xaxes(range=[0, 1.2 * parts.mean_member or 1], title=f"{unit} (less is better)")
    figure.update_yaxes(autorange="reversed")
    return two_lines(layout(figure, title, 280))


def own_and_apart(found: Found, loss: Loss, parts: Decomposition) -> go.Figure:
    """Put each member where its own loss and its distance from the ensemble are."""
    colours, net = ink(), parts.members - parts.apart
    low, high = float(parts.members.min()), float(parts.members.max())
    pad, far = 0.15 * (high - low) + 0.01, 1.25 * float(parts.apart.max()) + 0.005
    figure = go.Figure()
    ends = np.array([low - pad, high + pad])
    figure.add_scatter(
        x=ends - parts.ensemble,
        y=ends,
        mode="lines",
        line={"color": colours.accent, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    for i, name in enumerate(found.names):
        figure.add_scatter(
            x=[parts.apart[i]],
            y=[parts.members[i]],
            mode="markers",
            marker={"symbol": SYMBOLS[found.glyphs[i]], "size": 13, "color": colours.text},
            cliponaxis=False,
            hovertemplate=f"{name}: loss %{{y:.3f}}, distance %{{x:.3f}}, loss less distance {net[i]:.3f}, "
            f"weight {100 * parts.weights[i]:.1f}%<extra></extra>",
        )
    figure.update_xaxes(range=[0, far], title=f"distance from the ensemble ({loss.diversity})")
    figure.update_yaxes(range=ends.tolist(), title=f"its own {loss.title}")
    weighed = np.flatnonzero(parts.weights > 0)
    down = int((net[weighed] < parts.ensemble - 1e-9).sum())
    title = f"{down} of {len(weighed)} members pull the ensemble's loss down:<br>they are below the line"
    if not down:
        title = f"All members have the ensemble's own {loss.title}"
    return two_lines(layout(figure, title, 320))


def references(found: Found, other: Independent) -> go.Figure:
    """Put the ensemble among what its members reach in other ways."""
    colours, (low, high) = ink(), other.range
    rows = {
        "mean member": found.mean,
        f"{beginning(found.names[found.best])} alone": float(found.own[found.best]),
        "most are right": found.most_right,
        "the ensemble": found.outcome.accuracy,
        "independent": other.mean,
        "one is right": found.some_right,
    }
    values = [100 * share for share in rows.values()]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=list(rows),
            orientation="h",
            marker={"color": [colours.accent if name == "the ensemble" else colours.faint for name in rows]},
            hovertemplate="%{y}: %{x:.2f}%<extra></extra>",
        )
    )
    figure.add_scatter(
        x=[100 * low, 100 * high],
        y=["independent"] * 2,
        mode="lines",
        line={"color": colours.text, "width": 4},
        hovertemplate=f"{len(other.accuracies)} shuffles: {percent(low)} to {percent(high)}%<extra></extra>",
    )
    texts = [percent(share) for share in rows.values()]
    figure.add_scatter(
        x=[102] * len(rows),
        y=list(rows),
        mode="text",
        text=texts,
        textposition="middle right",
        textfont={"color": colours.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, ALL], tickvals=[0, 25, 50, 75, 100], title="accuracy, %")
    figure.update_yaxes(autorange="reversed")
    return two_lines(layout(figure, independent_title(found, other), 320))


def bias_variance(family: Family) -> go.Figure:
    """Show a family's loss as bias and variance."""
    colours, parts = ink(), family.found
    figure = go.Figure()
    for name, value, colour in (("bias", parts.bias, colours.faint), ("variance", parts.variance, colours.accent)):
        figure.add_bar(
            x=[value],
            y=[family.architecture],
            orientation="h",
            marker={"color": colour},
            text=f"{name} {value:.3f}",
            textposition="inside",
            insidetextanchor="start",
            textfont={"color": colours.paper, "size": 13},
            hovertemplate=f"{name}: %{{x:.4f}}<extra></extra>",
        )
    share = 100 * parts.variance / parts.loss if parts.loss else 0.0
    title = f"{share:.0f}% of {family.architecture}'s Brier score is due to the seed"
    figure.update_xaxes(title="Brier score of one network, mean over seeds")
    return layout(figure, title, 170, barmode="stack")
