"""The figures of a report, each in light and in dark, as Plotly draws them in the browser."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import plotly.graph_objects as go  # type: ignore[import-untyped]

from fer_core import figures
from fer_core.ensemble import Outcome, confidence_order
from fer_core.figures import DARK, LIGHT, Ink
from fer_core.figures.reliability import reliability
from fer_core.metrics import Reliability
from fer_core.reports.html.subject import Subject

THEMES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Drawn:
    """One figure: what to see in it, how high it is, Plotly's JSON by "light" and "dark", and what stands below it."""

    key: str
    title: str
    height: int
    themes: dict[str, str]
    note: str = ""

    @property
    def as_json(self) -> str:
        """Return both themes as one object of JSON."""
        return "{" + ",".join(f"{json.dumps(name)}:{made}" for name, made in self.themes.items()) + "}"


def drawn(subject: Subject, outcome: Outcome, pin: Outcome | None, sure: Reliability) -> list[Drawn]:
    """Return every figure of a report."""
    explorer, words = subject.explorer, subject.words
    classes = [plain(name) for name in explorer.classes]
    shown, other = named(outcome), None if pin is None else named(pin)
    valid, members = explorer.part("valid"), outcome.setting.members
    order = confidence_order(valid.probabilities, valid.labels)[explorer.positions(members)]
    names = shown.setting.members
    makers: dict[str, Callable[[Ink], go.Figure]] = {
        "line": lambda ink: figures.line_of_members(shown, other, ink=ink),
        "recall": lambda ink: figures.recall_change(shown, classes, ink=ink, words=words),
        "confusion": lambda ink: figures.confusion(shown, classes, ink=ink, words=words),
        "weights": lambda ink: figures.weights(shown, classes, ink=ink, words=words),
        "order": lambda ink: figures.confidence_order(order, names, classes, ink=ink, words=words),
        "reliability": lambda ink: reliability(sure, shown.called, ink=ink, words=words),
    }
    return [_both(key, make) for key, make in makers.items()]


def plain(name: str) -> str:
    """Return a name that Plotly draws as it is, for it reads some HTML in what it draws."""
    return html.escape(name, quote=False)


def named(outcome: Outcome) -> Outcome:
    """Return an outcome with names that Plotly draws as they are."""
    members = tuple(map(plain, outcome.setting.members))
    return replace(
        outcome,
        setting=replace(outcome.setting, members=members),
        best_member=plain(outcome.best_member),
        member_accuracy={plain(name): value for name, value in outcome.member_accuracy.items()},
    )


def _both(key: str, make: Callable[[Ink], go.Figure]) -> Drawn:
    made = {name: make(ink) for name, ink in THEMES.items()}
    layout = made["light"].layout
    title, height = html.unescape(layout.title.text), int(layout.height)
    # The title stands above the figure as text, which wraps, is read aloud, and is there without JavaScript.
    height -= _ABOVE
    if key == "line":  # what bar and line are stands below it, where there is room on a phone
        for figure in made.values():
            figure.update_xaxes(title="accuracy, %")
    themes = {name: themed(figure, THEMES[name], height).to_json() for name, figure in made.items()}
    return Drawn(key, title, height, themes)


_ABOVE = 36
"""Pixels that a figure's own title takes."""


def themed(figure: go.Figure, ink: Ink, height: int) -> go.Figure:
    """Dress a figure for the report's page instead of the explorer's; return it."""
    rule = f"{ink.faint}55"
    axis = {
        "automargin": True,
        "gridcolor": rule,
        "linecolor": rule,
        "zerolinecolor": ink.faint,
        "ticks": "",
        "title": {"standoff": 10},
    }
    template = go.layout.Template(layout={"xaxis": axis, "yaxis": axis})
    if any(trace.type == "heatmap" for trace in figure.data):
        figure.update_xaxes(showgrid=False, zeroline=False).update_yaxes(showgrid=False, zeroline=False)
    return figure.update_layout(
        template=template,
        title=None,
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        transition=None,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "color": ink.text, "size": 12},
        hoverlabel={"bgcolor": ink.paper, "bordercolor": ink.faint, "font": {"color": ink.text}},
    )
