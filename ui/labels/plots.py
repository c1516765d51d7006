"""Figures of the page Labels."""

from collections.abc import Sequence

import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from fer_core.metrics.crowd import Share, Sides
from ui.data.artifacts import Loaded
from ui.kit.labels import IN_TITLE, height, named, short
from ui.kit.theme import SYMBOLS, coloured, ink, layout, two_lines
from ui.kit.wording import glyph
from ui.labels.data import Compared, Row
from ui.labels.wording import flows_title, order_title, sides_title, voted_title

ROW = 28
"""Height of a row in pixels."""
STACKED: dict[str, object] = {"barmode": "stack", "uniformtext": {"mode": "hide", "minsize": 11}}
"""Bars end to end, and no number where it would be too small to read."""
NEITHER = 0.4
"""How much of the faint colour is left where neither is said."""

Ends = tuple[float, float] | None


def order(loaded: Loaded, found: Compared) -> go.Figure:
    """Put members and ensemble on a line by the answer that counts, beside the line by the label."""
    truth, rows = found.truth, found.drawn
    figure = make_subplots(rows=1, cols=1 if truth == "label" else 2, shared_yaxes=True, horizontal_spacing=0.06)
    _line(figure, loaded, found, [_share(row.label) for row in rows], "%", col=1)
    figure.update_xaxes(title="label, accuracy, %", col=1)
    if truth == "plurality":
        _line(figure, loaded, found, [_share(row.crowd) for row in rows], "%", col=2)
        figure.update_xaxes(title="crowd, accuracy, %", col=2)
    elif truth == "distribution":
        losses = [(None, None) if row.loss is None else (row.loss.value, row.loss.interval) for row in rows]
        _line(figure, loaded, found, losses, " nats", col=2)
        figure.update_xaxes(title="crowd, cross-entropy,<br>nats (less is better)", col=2)
    figure.update_yaxes(autorange="reversed", **named([_name(loaded, row) for row in rows]))
    below = f"on the same {found.images:,} images; lines: 95% intervals"
    title = f"{order_title(found)}<br><span style='font-weight:400'>{below}</span>"
    return two_lines(layout(figure, title, 190 + height(len(rows), ROW)))


def _share(share: Share) -> tuple[float | None, Ends]:
    bounds = share.interval
    if share.value is None or bounds is None:
        return None, None
    return 100 * share.value, (100 * bounds[0], 100 * bounds[1])


def _line(
    figure: go.Figure,
    loaded: Loaded,
    found: Compared,
    values: Sequence[tuple[float | None, Ends]],
    unit: str,
    *,
    col: int,
) -> None:
    colours = ink()
    for row, (value, ends) in zip(found.drawn, values, strict=True):
        symbol = "line-ns" if row.member is None else SYMBOLS[glyph(loaded, row.member)]
        colour = colours.accent if row.member is None and row is not found.pin else colours.text
        bars = {}
        if value is not None and ends is not None:
            bars["error_x"] = {
                "type": "data",
                "symmetric": False,
                "array": [ends[1] - value],
                "arrayminus": [value - ends[0]],
                "color": colour,
                "thickness": 1.5,
                "width": 0,
            }
        figure.add_scatter(
            x=[value],
            y=[_name(loaded, row)],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 20 if row.member is None else 11,
                "color": colour,
                "line": {"color": colour, "width": 4 if row.member is None else 1},
            },
            hovertemplate=f"{row.name}: %{{x:{'.2f' if unit == '%' else '.3f'}}}{unit}<extra></extra>",
            row=1,
            col=col,
            **bars,
        )


def _name(loaded: Loaded, row: Row) -> str:
    return row.name if row.member is None else f"{glyph(loaded, row.member)} {row.name}"


def taken_sides(loaded: Loaded, found: Compared) -> go.Figure:
    """Show for members and ensemble whose side they take where label and crowd differ."""
    figure = go.Figure()
    names = [_name(loaded, row) for row in found.drawn]
    whole = [max(row.sides.images, 1) for row in found.drawn]
    _stacked(figure, names, [row.sides for row in found.drawn], whole)
    figure.update_xaxes(range=[0, 100], title=f"of {found.first.sides.images:,} images, %")
    figure.update_yaxes(autorange="reversed", **named(names))
    title = f"{sides_title(found)}<br><span style='font-weight:400'>says as {_legend()}</span>"
    return two_lines(layout(figure, title, 170 + height(len(names), ROW), **STACKED))


def most_frequent(found: Compared) -> go.Figure:
    """Show which labels the crowd contradicts most often, and whose side is taken there."""
    figure = go.Figure()
    names = [f"{label} → {other}" for label, other, _ in found.flows]
    _stacked(figure, names, [whose for _, _, whose in found.flows], None)
    figure.update_xaxes(title="images", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    who = short(found.first.member or "the ensemble", IN_TITLE)
    title = f"{flows_title(found)}<br><span style='font-weight:400'>{who}: {_legend()}</span>"
    return two_lines(layout(figure, title, 170 + ROW * max(len(names), 3), **STACKED))


def _legend() -> str:
    label, crowd, _ = _colours()
    return f"{coloured('label', label)}, {coloured('crowd', crowd)} or neither (pale)"


def _colours() -> tuple[str, str, str]:
    colours = ink()
    return colours.text, colours.accent, colours.faint


def _stacked(figure: go.Figure, names: list[str], parts: list[Sides], whole: list[int] | None) -> None:
    share = "" if whole is None else ", %{x:.1f}%"
    for part, colour in zip(("label", "crowd", "neither"), _colours(), strict=True):
        said = part if part == "neither" else f"the {part}'s answer"
        counts = [getattr(whose, part) for whose in parts]
        values = counts if whole is None else [100 * n / all_ for n, all_ in zip(counts, whole, strict=True)]
        figure.add_bar(
            x=values,
            y=names,
            orientation="h",
            name=part,
            marker={"color": colour, "opacity": NEITHER if part == "neither" else 1.0, "line": {"width": 0}},
            customdata=counts,
            text=[f"{value:.0f}" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink().text if part == "neither" else ink().paper, "size": 12},
            constraintext="inside",
            hovertemplate=f"%{{y}}, says {said}: %{{customdata:,}} images{share}<extra></extra>",
        )


def by_votes(found: Compared) -> go.Figure:
    """Show how often decisions are right by how many people gave the crowd's plurality."""
    colours, figure = ink(), go.Figure()
    for which, name, colour in ((0, "the label", colours.text), (1, "the crowd", colours.accent)):
        some = [(votes, *_share(shares[which]), shares[which].images) for votes, *shares in found.voted]
        figure.add_scatter(
            x=[votes for votes, *_ in some],
            y=[value for _, value, *_ in some],
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 9, "color": colour},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [ends[1] - value for _, value, ends, _ in some if ends and value is not None],
                "arrayminus": [value - ends[0] for _, value, ends, _ in some if ends and value is not None],
                "color": colour,
                "thickness": 1.5,
                "width": 0,
            },
            customdata=[images for *_, images in some],
            hovertemplate=f"%{{x}} votes: %{{y:.1f}}% right by {name}, %{{customdata:,}} images<extra></extra>",
        )
    figure.update_xaxes(dtick=1, title="votes for the crowd's plurality")
    figure.update_yaxes(range=[0, 103], title="right, %")
    label, crowd, _ = _colours()
    below = f"by {coloured('the label', label)}, by {coloured('the crowd', crowd)}; lines: 95%"
    title = f"{voted_title(found)}<br><span style='font-weight:400'>{below}</span>"
    return two_lines(layout(figure, title, 360))
