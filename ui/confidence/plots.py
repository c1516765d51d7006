"""Figures of the page Confidence."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.format import percent
from fer_core.metrics import Reliability, wilson
from fer_core.metrics.selective import RiskCoverage
from ui.confidence.data import Said, Sure
from ui.confidence.rows import error_bars
from ui.confidence.wording import verdict
from ui.kit.labels import IN_CARD, IN_TITLE, short
from ui.kit.theme import coloured, ink, layout, two_lines

DRAWN = 400
"""Points of a curve at most: more cannot be told apart."""
PINNED = "10px,4px"
"""How the line of what is pinned is dashed."""
FIRST = 0.02
"""Share of images from which on a curve is drawn: before, one error more or less is most of it."""


def risk(found: Sure) -> go.Figure:
    """Show the error among answered images against the share of images that are answered."""
    colours, curve = ink(), found.said.curve
    figure = go.Figure()
    lines = [(found.name, curve, colours.accent, "solid")]
    if found.pin:
        lines.insert(0, ("A", found.pin.curve, colours.text, PINNED))
    if found.setting.members != (found.best_name,):
        lines.insert(0, (found.best_name, found.best.curve, colours.faint, "dash"))
    highest = 0.0
    for name, line, colour, dash in lines:
        at = _thinned(line)
        few = len(at) <= 30
        figure.add_scatter(
            x=100 * line.coverage[at],
            y=100 * line.risk[at],
            mode="lines+markers" if few else "lines",
            line={"color": colour, "width": 3 if colour == colours.accent else 2, "dash": dash},
            marker={"size": 6},
            customdata=100 * line.thresholds[at],
            hovertemplate=f"{name}, from %{{customdata:.1f}}% confidence: %{{x:.1f}}% answered, "
            "%{y:.1f}% of them wrong<extra></extra>",
        )
        highest = max(highest, 100 * float(line.risk[at].max()))
    share = found.answered
    if share.images:
        x, y = 100 * share.images / curve.images, 100 * (1 - share.correct / share.images)
        highest = max(highest, y)
        figure.add_scatter(
            x=[x, x], y=[0, y], mode="lines", line={"color": colours.accent, "dash": "dot"}, hoverinfo="skip"
        )
        figure.add_scatter(
            x=[x],
            y=[y],
            mode="markers",
            marker={"size": 15, "color": colours.accent, "line": {"color": colours.paper, "width": 2}},
            hovertemplate=f"from {percent(found.least, 0)}% confidence: %{{x:.1f}}% answered, "
            "%{y:.1f}% of them wrong<extra></extra>",
        )
    figure.update_xaxes(range=[0, 103], title=f"coverage: {found.words.items} answered, %")
    figure.update_yaxes(range=[0, 1.12 * highest + 1], title="risk: wrong of them, %")
    names = coloured(short(found.name, IN_TITLE), colours.accent)
    best = coloured(short(found.best_name, IN_TITLE), colours.faint)
    if found.pin:
        names += f", {coloured('A', colours.text)} (long dashes)" + (f", {best} (short)" if len(lines) > 2 else "")
    elif len(lines) > 1:
        names += f" and {best} (dashed)" + (", best member" if len(found.best_name) <= IN_CARD else "")
    title = f"{_risk_title(found)}<br><span style='font-weight:400'>{names}</span>"
    return two_lines(layout(figure, title, 400))


def _risk_title(found: Sure) -> str:
    curve, share = found.said.curve, found.answered
    whole = percent(curve.risk[-1])
    if not share.images:
        return f"Nothing is answered from {percent(found.least, 0)}% on"
    if share.images == curve.images:
        half = curve.images / 2
        surest_half = percent(float(curve.expected_errors(half)) / half)
        return f"Wrong on {whole}% of all, {surest_half}% of the surest half"
    wrong = percent(1 - share.correct / share.images)
    return f"Wrong on {wrong}% of what it answers, not {whole}%"


def reliability(found: Sure) -> go.Figure:
    """Show how often decisions are right by how sure they are, and how many there are of each."""
    colours, said, items = ink(), found.said, found.words.items
    now = _shown(said, cooled=found.cooled)
    other = said.before if now is said.after else said.after
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.8, 0.2], vertical_spacing=0.04)
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": colours.faint, "dash": "dot"}, hoverinfo="skip"
    )
    if other:
        _bins(figure, other, colours.faint, items, hollow=True)
    if found.pin:
        _bins(figure, _shown(found.pin, cooled=found.asked), colours.text, items, hollow=True, dash=PINNED)
    _bins(figure, now, colours.accent, items, hollow=False)
    figure.add_bar(
        x=100 * (now.edges[:-1] + now.edges[1:]) / 2,
        y=now.counts,
        width=100 * np.diff(now.edges) * 0.9,
        marker={"color": colours.accent},
        customdata=[_span(now, b) for b in range(len(now.counts))],
        hovertemplate=f"%{{customdata}}% sure: %{{y:,}} {items}<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_xaxes(range=[0, 101], dtick=20)
    figure.update_xaxes(title="confidence, %", row=2)
    figure.update_yaxes(range=[0, 103], dtick=20, title="right, %", row=1)
    figure.update_yaxes(nticks=3, title=items, row=2)
    says = float(found.said.confidence.shown(scaled=found.cooled).mean())
    words = verdict(now)
    title = f"{words[0].upper()}{words[1:]}: says {percent(says)}%, right on {percent(says - now.excess)}%"
    value, below = said.confidence.temperature, "no temperature fits zero probabilities"
    if value is not None:
        below = f"faint: {'without' if found.cooled else 'at'} its temperature, {value:.2f}"
    below += "; dashes: A" if found.pin else ""
    return two_lines(layout(figure, f"{title}<br><span style='font-weight:400'>{below}</span>", 400))


def _shown(said: Said, *, cooled: bool) -> Reliability:
    return said.after if cooled and said.after else said.before


def _bins(figure: go.Figure, found: Reliability, colour: str, items: str, *, hollow: bool, dash: str = "solid") -> None:
    some = np.flatnonzero(found.counts)
    accuracy, counts = found.accuracy[some], found.counts[some]
    bounds = [wilson(round(a * n), int(n)) for a, n in zip(accuracy, counts, strict=True)]
    bars = {} if hollow else {"error_y": error_bars(accuracy, bounds, colour)}
    figure.add_scatter(
        x=100 * found.confidence[some],
        y=100 * accuracy,
        mode="lines+markers",
        line={"color": colour, "width": 1 if hollow else 2, "dash": dash},
        marker={"size": 8, "color": "rgba(0,0,0,0)" if hollow else colour, "line": {"color": colour, "width": 1.5}},
        customdata=[[_span(found, b), int(found.counts[b])] for b in some.tolist()],
        hovertemplate="%{customdata[0]}% sure: says %{x:.1f}%, right on %{y:.1f}% of "
        f"%{{customdata[1]:,}} {items}<extra></extra>",
        row=1,
        col=1,
        **bars,
    )


def _span(found: Reliability, bin_: int) -> str:
    return f"{100 * found.edges[bin_]:.0f} to {100 * found.edges[bin_ + 1]:.0f}"


def _thinned(line: RiskCoverage) -> NDArray[np.int64]:
    """Return which blocks of a curve are drawn."""
    some = np.flatnonzero(line.coverage >= FIRST)
    drawn: NDArray[np.int64] = some[np.unique(np.linspace(0, len(some) - 1, DRAWN).round().astype(int))]
    return drawn
