"""Which method is most faithful for which member, as the benchmark in the artifacts found."""

from collections import Counter
from dataclasses import replace

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from fer_core.artifacts import Faithfulness, SaliencyTable
from fer_core.format import points
from ui.data.artifacts import Loaded
from ui.kit.theme import CONFIG, ink, layout, two_lines
from ui.kit.wording import glyph
from ui.saliency.choice import METHODS

ABSENT = "Methods were not compared yet. To compare them, run: `python -m fer_core explain --benchmark`"
ROW = 27
"""Height of a method in pixels."""


def section(loaded: Loaded) -> None:
    """Draw the comparison; raises ArtifactError for a damaged file."""
    st.header("Which method can be believed for which network?", anchor="faithful")
    table = loaded.artifacts.saliency()
    known = [] if table is None else [entry for entry in table.entries if entry.method in METHODS]
    if table is None or not known:
        st.info(ABSENT, icon=":material/info:")
        return
    table = replace(table, entries=tuple(known))
    st.plotly_chart(faithfulness(loaded, table), key="faithfulness", config=CONFIG)
    st.caption(
        "In hundredths: the area between the curves of insertion and deletion, less that of random orders. More is "
        f"better. Means over {table.images} PublicTest images. ▢ the best method of a network. ✕ the map is much the "
        "same when the weights are shuffled, so it cannot show what was learned."
    )
    if table.stale:
        st.caption(f"Without {', '.join(table.stale)}: their weights have changed.")


def faithfulness(loaded: Loaded, table: SaliencyTable) -> go.Figure:
    """Show the gain of each method over random orders for each member; the best are framed, the unchanged marked."""
    members = [name for name in loaded.members if any(e.member == name for e in table.entries)]
    methods = [name for name in METHODS if any(e.method == name for e in table.entries)]
    entries = [[table.of(member, method) for member in members] for method in methods]
    best = [entry for member in members if (entry := table.best(member)) is not None]
    winner, wins = Counter(entry.method for entry in best).most_common(1)[0]
    title = f"{METHODS[winner]} is most faithful<br>for {wins} of {len(members)} networks"
    colours = ink()
    figure = go.Figure(
        go.Heatmap(
            z=[[None if e is None else e.gain for e in row] for row in entries],
            x=list(range(len(members))),
            y=[METHODS[name] for name in methods],
            text=[[_text(e, table.unchanged) for e in row] for row in entries],
            texttemplate="%{text}",
            textfont={"color": colours.text, "size": 11},
            customdata=[["" if e is None else _hover(e) for e in row] for row in entries],
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=colours.scale,
            zmin=0,
            zmax=max(0.01, *(e.gain for e in best)),
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
        )
    )
    figure.add_scatter(
        x=[members.index(entry.member) for entry in best],
        y=[METHODS[entry.method] for entry in best],
        mode="markers",
        marker={"symbol": "square-open", "size": ROW - 6, "color": colours.text, "line": {"width": 1.6}},
        hoverinfo="skip",
    )
    names = [f"{glyph(loaded, name)} {name}" for name in members]
    figure.update_xaxes(
        tickvals=list(range(len(members))), ticktext=names, tickangle=-50, showgrid=False, zeroline=False
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"size": 11})
    return two_lines(layout(figure, title, 170 + ROW * len(methods)))


def _text(entry: Faithfulness | None, unchanged: float) -> str:
    if entry is None:
        return ""
    mark = "<sup>✕</sup>" if entry.randomised is not None and entry.randomised >= unchanged else ""
    return points(entry.gain, 0).removeprefix("+") + mark


def _hover(entry: Faithfulness) -> str:
    lines = [
        f"<b>{METHODS.get(entry.method, entry.method)} of {entry.member}</b>",
        f"gain {points(entry.gain)} hundredths (95% interval {points(entry.low)} to {points(entry.high)})",
        f"insertion {entry.insertion:.3f}, random {entry.random_insertion:.3f}",
        f"deletion {entry.deletion:.3f}, random {entry.random_deletion:.3f}",
        f"infidelity {entry.infidelity:.3f}",
    ]
    lines += [] if entry.sensitivity is None else [f"sensitivity {entry.sensitivity:.3f}"]
    lines += [] if entry.randomised is None else [f"rank correlation with shuffled weights {entry.randomised:.2f}"]
    return "<br>".join([*lines, f"{entry.milliseconds:.0f} ms a map"])
