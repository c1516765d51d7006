"""Figures of the page Confidence with a row for each emotion or member."""

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from numpy.typing import NDArray

from fer_core.emotions import COLOURS
from fer_core.markdown import percent
from fer_core.metrics.labels import Share
from ui.charts import SYMBOLS
from ui.confidence_text import left_out, surest
from ui.confidence_view import Spoken, Sure
from ui.figure import ink, layout, two_lines
from ui.load import Loaded
from ui.text import glyph

ROW = 26
"""Height of a row in pixels."""


def errors(loaded: Loaded, found: Sure) -> go.Figure:
    """Show the expected calibration error of the ensemble and of every member, before and after a temperature."""
    colours = ink()
    rows = [(f"{glyph(loaded, name)} {name}", SYMBOLS[glyph(loaded, name)], one) for name, one in found.members.items()]
    if len(found.setting.members) > 1:
        rows.insert(0, ("ensemble", "line-ns", found.said))
    else:
        rows = [(rows[0][0], rows[0][1], found.said)]
    figure = go.Figure()
    for name, symbol, said in rows:
        bar, colour = symbol == "line-ns", colours.accent if symbol == "line-ns" else colours.text
        ends = [said.before.ece] if said.after is None else [said.before.ece, said.after.ece]
        figure.add_scatter(
            x=[100 * value for value in ends],
            y=[name] * len(ends),
            mode="lines+markers",
            line={"color": colours.faint, "width": 1},
            marker={
                "symbol": symbol,
                "size": 18 if bar else 11,
                "opacity": 1,
                "color": ["rgba(0,0,0,0)", colour][-len(ends) :] if len(ends) == 2 else ["rgba(0,0,0,0)"],
                "line": {"color": [colours.faint if bar else colour, colour][: len(ends)], "width": 4 if bar else 1.5},
            },
            text=["as it is", "at its temperature"][: len(ends)],
            hovertemplate="%{y}, %{text}: %{x:.2f} points<extra></extra>",
        )
    most = max(max(said.before.ece, 0 if said.after is None else said.after.ece) for _, _, said in rows)
    figure.update_xaxes(range=[0, 108 * most + 0.5], title="expected calibration error, points")
    figure.update_yaxes(autorange="reversed")
    filled = "hollow: as they are; filled: at their temperatures"
    title = f"{_errors_title(found)}<br><span style='font-weight:400'>{filled}</span>"
    return two_lines(layout(figure, title, 150 + ROW * len(rows)))


def _errors_title(found: Sure) -> str:
    own = found.said.before.ece
    if len(found.members) == 1:
        return f"{found.name} is off by {percent(own)} points"
    fewer = sum(one.before.ece < own for one in found.members.values())
    return f"Off by {percent(own)} points; {fewer} of {len(found.members)} members are by less"


def by_decided(found: Sure) -> go.Figure:
    """Show for each emotion that is said how often it is right, and how sure it is said."""
    colours = ink()
    figure = go.Figure()
    _dots(figure, found.decided, [one.right for one in found.decided], "right on %{x:.1f}% of %{customdata:,} images")
    figure.add_scatter(
        x=[None if one.sure is None else 100 * one.sure for one in found.decided],
        y=[one.emotion for one in found.decided],
        mode="markers",
        marker={"symbol": "line-ns", "size": 20, "line": {"color": colours.text, "width": 3}},
        hovertemplate="says %{y}: %{x:.1f}% sure on average<extra></extra>",
    )
    figure.update_xaxes(range=[0, 103], title="%, of the images that get this answer")
    figure.update_yaxes(autorange="reversed", title="it says")
    below = "bar: how sure; dot: how often right (line: 95%)"
    return two_lines(layout(figure, f"{surest(found)}<br><span style='font-weight:400'>{below}</span>", 360))


def by_label(found: Sure) -> go.Figure:
    """Show for each emotion how many of its images get an answer."""
    figure = go.Figure()
    shares = [one.answered for one in found.true]
    figure.add_bar(
        x=[None if share.value is None else 100 * share.value for share in shares],
        y=[one.emotion for one in found.true],
        orientation="h",
        marker={"color": [COLOURS[one.emotion] for one in found.true]},
        text=["–" if share.value is None else f"{100 * share.value:.0f}" for share in shares],
        textposition="outside",
        cliponaxis=False,
        customdata=[[share.correct, share.images] for share in shares],
        hovertemplate="%{y}: %{customdata[0]:,} of %{customdata[1]:,} images are answered<extra></extra>",
    )
    figure.update_xaxes(range=[0, 112], tickvals=[0, 25, 50, 75, 100], title="images answered, % of each label")
    figure.update_yaxes(autorange="reversed", title="label")
    return layout(figure, left_out(found), 340)


def _dots(figure: go.Figure, rows: tuple[Spoken, ...], shares: list[Share], hover: str) -> None:
    some = [(one, share) for one, share in zip(rows, shares, strict=True) if share.interval and share.value is not None]
    bounds = [share.interval or (0.0, 0.0) for _, share in some]
    values = np.array([share.value for _, share in some], float)
    figure.add_scatter(
        x=100 * values,
        y=[one.emotion for one, _ in some],
        mode="markers",
        marker={"size": 12, "color": [COLOURS[one.emotion] for one, _ in some]},
        error_x=error_bars(values, bounds, ink().faint),
        customdata=[share.images for _, share in some],
        hovertemplate=f"says %{{y}}: {hover}<extra></extra>",
    )


def error_bars(values: NDArray[np.float64], bounds: list[tuple[float, float]], colour: str) -> dict[str, object]:
    """Return bars from values, shares [N], to the ends of their intervals, in percent."""
    ends = np.array(bounds).reshape(-1, 2)
    return {
        "type": "data",
        "symmetric": False,
        "array": 100 * (ends[:, 1] - values),
        "arrayminus": 100 * (values - ends[:, 0]),
        "color": colour,
        "thickness": 1.5,
        "width": 0,
    }
