"""How sure decisions are, and how often they are right."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.figures.theme import Ink, layout
from fer_core.metrics import Reliability, wilson
from fer_core.terminology import FER, Words

EVEN = 0.0005
"""Share below which a mean gap between confidence and accuracy is none, as it is shown with one digit."""


def reliability(found: Reliability, called: str, *, ink: Ink, words: Words = FER) -> go.Figure:
    """Show how often decisions are right by how sure they are; called : who decides, in a sentence."""
    said = np.flatnonzero(found.counts)
    counts, confidence, accuracy = found.counts[said], 100 * found.confidence[said], 100 * found.accuracy[said]
    bounds = 100 * np.array(
        [wilson(round(float(n * share)), int(n)) for n, share in zip(counts, found.accuracy[said], strict=True)]
    )
    figure = go.Figure()
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", line={"color": ink.faint, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(
        x=confidence,
        y=accuracy,
        mode="lines+markers",
        line={"color": ink.accent, "width": 2},
        marker={"size": 6 + 16 * np.sqrt(counts / counts.max()), "color": ink.accent, "opacity": 0.85},
        error_y={
            "array": np.maximum(bounds[:, 1] - accuracy, 0),
            "arrayminus": np.maximum(accuracy - bounds[:, 0], 0),
            "color": ink.faint,
            "thickness": 1,
            "width": 3,
        },
        customdata=counts,
        hovertemplate=f"%{{x:.1f}}% sure: %{{y:.1f}}% right of %{{customdata:,}} {words.items}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 103], title="confidence, %")
    figure.update_yaxes(range=[-6, 107], title="right, % (bars: 95% interval)")
    return layout(figure, _title(found, called), 340)


def _title(found: Reliability, called: str) -> str:
    name, gap = f"{called[0].upper()}{called[1:]}", 100 * abs(found.excess)
    if abs(found.excess) < EVEN:
        return f"{name} is as confident as it is accurate on average (mean gap {100 * found.ece:.1f} points)"
    more = "overconfident" if found.excess > 0 else "underconfident"
    return f"{name} is {more} by {gap:.1f} points on average"
