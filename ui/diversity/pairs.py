"""Figures of how members differ in pairs."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core.ensemble.analysis.diversity import MEASURES, kappa, pair_error, pairs
from ui.diversity.data import Found
from ui.diversity.wording import pair_of, plain, rows_of
from ui.kit.theme import ink, layout, two_lines

WRITTEN = 10
"""Most members whose cells have their number and whose pairs have their shapes; of more there is no room."""
MARKED = 18
"""Most members that have their shape below a column."""
TOLD = 0.3
"""Correlation from which a slope is spoken of."""


def compared(found: Found, name: str) -> go.Figure:
    """Show one measure of how two members differ, for every pair."""
    measure, members = MEASURES[name], len(found.names)
    values = measure.of(found.right) * (100 if measure.share else 1)
    digits = 1 if measure.share else 2
    shown = np.where(np.eye(members, dtype=bool), np.nan, values)
    names, hover = list(found.names), f"%{{customdata}}: %{{z:.{digits + 1}f}}"
    finite = shown[np.isfinite(shown)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    cells, gap = members <= WRITTEN, 2 if members <= MARKED else 0
    texts = ["" if i == j else plain(values[i, j], digits) for i in range(members) for j in range(members)]
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            x=list(range(members)),
            y=names,
            customdata=[[f"{a} and {b}" for b in found.names] for a in found.names],
            colorscale=ink().scale,
            zmin=low - 0.2 * (high - low) - 1e-6,
            zmax=high + 1e-6,
            showscale=False,
            xgap=gap,
            ygap=gap,
            hoverongaps=False,
            hovertemplate=f"{hover}{'%' if measure.share else ''}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=np.tile(np.arange(members), members),
        y=np.repeat(names, members),
        mode="text",
        text=texts if cells else [""] * len(texts),
        textfont={"color": ink().text, "size": 11},
        hoverinfo="skip",
    )
    unit = f", % of {found.words.items}" if measure.share else ""
    figure.update_xaxes(
        tickvals=list(range(members)),
        ticktext=list(found.glyphs) if members <= MARKED else [""] * members,
        title=f"{measure.title}{unit}",
        showgrid=False,
    )
    figure.update_yaxes(
        autorange="reversed",
        type="category",
        showgrid=False,
        tickvals=names,
        ticktext=rows_of(found.glyphs, names),
        tickfont={"size": 12 if members <= MARKED else 9},
    )
    return two_lines(layout(figure, _compared_title(found, name), height(found)))


def height(found: Found, most: int = 1100) -> int:
    """Return the height in pixels of figures with a row for each member; most : what is enough without rows."""
    return min(most, 150 + (30 if found.rows <= MARKED else 13) * found.rows)


def _compared_title(found: Found, name: str) -> str:
    """Name the pair that differs most and the one that differs least by a measure."""
    measure = MEASURES[name]
    told = [pair for pair in pairs(measure.of(found.right)) if not np.isnan(pair[2])]
    unit, scale, digits = ("%", 100, 1) if measure.share else ("", 1, 2)
    if not told:
        return f"{measure.title} is defined for no pair here"
    apart = sorted(told, key=lambda pair: measure.apart * pair[2])

    def named(pair: tuple[int, int, float]) -> str:
        return f"{pair_of(found.names[pair[0]], found.names[pair[1]])} {plain(scale * pair[2], digits)}{unit}"

    if len(told) == 1:
        return f"{measure.title} of {named(told[0])}"
    if abs(apart[-1][2] - apart[0][2]) < 1e-9:
        return f"All pairs are alike: {plain(scale * told[0][2], digits)}{unit}"
    return f"Differ most: {named(apart[-1])}<br>Differ least: {named(apart[0])}"


def kappa_error(found: Found) -> go.Figure:
    """Put each pair where its agreement and its mean error are."""
    agreed, error = pairs(kappa(found.predicted, found.classes)), pair_error(found.right)
    told = [(i, j, value, 100 * float(error[i, j])) for i, j, value in agreed if not np.isnan(value)]
    colours = ink()
    x, y = np.array([[value, wrong] for _, _, value, wrong in told]).reshape(-1, 2).T
    figure = go.Figure(
        go.Scatter(
            x=x,
            y=y,
            mode="text" if len(found.names) <= WRITTEN else "markers",
            text=[found.glyphs[i] + found.glyphs[j] for i, j, _, _ in told],
            textfont={"color": colours.text, "size": 13},
            marker={"color": colours.text, "size": 6, "opacity": 0.5},
            cliponaxis=False,
            customdata=[f"{found.names[i]} and {found.names[j]}" for i, j, _, _ in told],
            hovertemplate="%{customdata}: kappa %{x:.3f}, mean error %{y:.1f}%<extra></extra>",
        )
    )
    figure.update_xaxes(title="agreement of their decisions, Cohen's kappa", range=_around(x))
    figure.update_yaxes(title="mean error of the two, %", range=_around(y))
    return two_lines(layout(figure, _kappa_title(found, x, y), height(found, 500)))


def _around(values: np.ndarray) -> list[float]:
    """Return an axis that holds all values with room about them."""
    if not len(values):
        return [0.0, 1.0]
    pad = max(0.12 * float(np.ptp(values)), 0.02 * abs(float(values[0])), 0.01)
    return [float(values.min()) - pad, float(values.max()) + pad]


def _kappa_title(found: Found, x: np.ndarray, y: np.ndarray) -> str:
    if not len(x):
        return f"Both always decide for one {found.words.kind}: no kappa"
    if len(x) == 1:
        return f"{pair_of(found.names[0], found.names[1])}:<br>kappa {x[0]:.2f}, mean error {y[0]:.1f}%"
    if np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return "All pairs agree alike" if np.ptp(x) < 1e-9 else "All pairs err alike"
    slope = float(np.corrcoef(x, y)[0, 1])
    told = f"(correlation {plain(slope, 2)})"
    if slope <= -TOLD:
        return f"Pairs that agree less err more<br>{told}"
    if slope >= TOLD:
        return f"Pairs that agree less also err less<br>{told}"
    return f"How far pairs agree says little of their error<br>{told}"
