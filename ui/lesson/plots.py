"""The picture of a step: the guess on a line, what is known beside it, and once it was asked for the truth."""

import plotly.graph_objects as go  # type: ignore[import-untyped]

from ui.kit.theme import Ink, ink, layout, two_lines
from ui.lesson.choice import SCALES
from ui.lesson.step import Asked, Mark, Step, Told

ROW, HEAD, FOOT = 42, 140, 52
"""Pixels of a row, of the title with both numbers, and of the axis."""
DEEP = 5
"""Squares in a column of a hundred."""
MANY = 20
"""From so many values on, a row is drawn as a band of dots."""
ROWS = 5
"""Rows that every picture has room for, so that none jumps when the truth comes."""


def line(key: str, step: Step, asked: Asked, told: Told | None, guess: float, *, large: bool = False) -> go.Figure:
    """Show the guess among what is known; told : the answer, None before it was asked for; large : for a class room."""
    colours, scale, marks = ink(), SCALES[key], (*asked.marks, *(told.marks if told else ()))
    figure, factor = go.Figure(), 1.35 if large else 1.0
    figure.update_yaxes(visible=False, range=[ROWS - 0.35, -2.1])
    known = [value for mark in marks if len(mark.values) < MANY for value in (*mark.values, *(mark.span or ()))]
    ends = [scale.low, scale.high, *known, *([told.truth] if told else [])]
    pad = 0.03 * (max(ends) - min(ends))
    low, high = min(ends) - pad, max(ends) + pad
    figure.update_xaxes(range=[low, high], title=step.label, zeroline=False)
    row = 0.0
    for mark in marks:
        _row(figure, step, mark, row, low, colours, factor)
        row += 1.4 if len(mark.values) > 1 else 1.0
    if told:
        figure.add_scatter(
            x=[guess, told.truth],
            y=[-0.95, -0.95],
            mode="lines",
            line={"color": colours.faint, "width": 2, "dash": "dot"},
            hoverinfo="skip",
        )
        text = f"truth {step.text(told.truth)}"
        _number(figure, text, told.truth, -0.95, (low, high), colours.accent, factor=factor)
    colour = colours.text if told else colours.accent
    text = f"your guess {step.text(guess, scale.digits)}"
    _number(figure, text, guess, -1.7, (low, high), colour, factor=factor)
    return _finished(figure, step, told, guess, factor)


def hundred(key: str, step: Step, told: Told | None, guess: float, *, large: bool = False) -> go.Figure:
    """Show a hundred cases in columns: as many full ones as were guessed, and once it is known as many as are true."""
    colours, factor = ink(), 1.35 if large else 1.0
    full = guess if told is None else told.truth
    figure = go.Figure()
    shown = [divmod(at, DEEP) for at in range(100)]
    figure.add_scatter(
        x=[x for x, _ in shown],
        y=[y for _, y in shown],
        mode="markers",
        marker={
            "symbol": "square",
            "size": 12 * factor,
            "color": [colours.accent if at < round(full) else "rgba(0,0,0,0)" for at in range(100)],
            "line": {"color": colours.faint, "width": 1.5},
        },
        hoverinfo="skip",
    )
    across, down = divmod(round(guess), DEEP)
    figure.add_scatter(
        x=[across + 0.5, across + 0.5, across - 0.5, across - 0.5][0 if down else 2 :],
        y=[-0.5, down - 0.5, down - 0.5, DEEP - 0.5][0 if down else 2 :],
        mode="lines",
        line={"color": colours.text, "width": 3},
        hoverinfo="skip",
    )
    figure.update_yaxes(visible=False, range=[DEEP - 0.3, -0.7])
    figure.update_xaxes(
        visible=True, showticklabels=False, showgrid=False, zeroline=False, range=[-0.9, 100 / DEEP - 0.1]
    )
    figure.update_xaxes(title="full: rescued; your guess ends at the line")
    return _finished(figure, step, told, guess, factor)


def picture(key: str, step: Step, asked: Asked, told: Told | None, guess: float, *, large: bool = False) -> go.Figure:
    """Return the picture of a step."""
    if step.in_hundred:
        return hundred(key, step, told, guess, large=large)
    return line(key, step, asked, told, guess, large=large)


def _finished(figure: go.Figure, step: Step, told: Told | None, guess: float, factor: float) -> go.Figure:
    title = "Where is the truth?<br>Move the slider to your guess"
    if told:
        title = f"{told.said}:<br>{step.verdict(guess, told.truth)}"
    two_lines(layout(figure, title, round((HEAD + ROWS * ROW + FOOT) * (1.15 if factor > 1 else 1))))
    if factor > 1:
        figure.update_layout(title={"font": {"size": 20}}, margin={"t": 84})
        figure.update_xaxes(tickfont={"size": 16}, title={"font": {"size": 17}})
    return figure


def _row(figure: go.Figure, step: Step, mark: Mark, row: float, left: float, colours: Ink, factor: float) -> None:
    """Draw one row: its name on the left above, and its values."""
    many, thin = len(mark.values) >= MANY, {"color": colours.faint, "width": 0.5}
    if not many:
        figure.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=row + 0.2, y1=row + 0.2, line=thin)
    if mark.span:
        figure.add_scatter(
            x=list(mark.span),
            y=[row + 0.2] * 2,
            mode="lines",
            line={"color": colours.text, "width": 3},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=list(mark.values),
        y=_heights(mark.values, row + (1.6 if many else 0.2)),
        mode="markers",
        marker={
            "symbol": list(mark.symbols) or "circle",
            "size": (4 if many else 11) * factor,
            "color": colours.text,
            "opacity": 0.45 if many else 0.9,
            "line": {"color": colours.paper, "width": 0 if many else 1},
        },
        hovertemplate=f"{mark.name}: %{{x:.{step.exact}f}}{step.unit}<extra></extra>",
    )
    name = mark.name
    if mark.show and len(mark.values) == 1:
        name += f": {step.text(mark.values[0])}"
    figure.add_annotation(
        x=left,
        y=row - (0.22 if factor == 1 else 0.3),
        text=name,
        showarrow=False,
        xanchor="left",
        bgcolor=colours.paper,
        borderpad=1,
        font={"color": colours.text, "size": 13 * factor},
    )


def _number(
    figure: go.Figure, text: str, value: float, y: float, ends: tuple[float, float], colour: str, *, factor: float
) -> None:
    """Draw a line from a height to the bottom, solid for the truth and dashed for the guess, with its number."""
    truth = text.startswith("truth")
    line = {"color": colour, "width": 5 if truth else 3, "dash": "solid" if truth else "dash"}
    figure.add_shape(type="line", x0=value, x1=value, y0=y, y1=ROWS - 0.35, layer="below", line=line)
    right = value > sum(ends) / 2
    figure.add_annotation(
        x=value,
        y=y,
        text=f"<b>{text}</b>",
        showarrow=False,
        xanchor="right" if right else "left",
        xshift=-6 if right else 6,
        bgcolor=ink().paper,
        font={"color": colour, "size": 15 * factor},
    )


def _heights(values: tuple[float, ...], middle: float) -> list[float]:
    """Return at what height each value of a row stands: neighbours apart, so that none hides another."""
    order = sorted(range(len(values)), key=values.__getitem__)
    heights = [middle] * len(values)
    for place, at in enumerate(order if len(values) > 1 else []):
        heights[at] += 1.2 * ((7 * place) % 10 - 4.5) / 4.5 if len(values) >= MANY else 0.24 * (place % 2)
    return heights
