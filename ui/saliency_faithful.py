"""Which method is most faithful for which member, as the benchmark in the artifacts found."""

from collections import Counter

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from fer_core.artifacts import Faithfulness, SaliencyTable
from ui.charts import CONFIG
from ui.figure import ink, layout, two_lines
from ui.load import Loaded
from ui.saliency_choice import METHODS
from ui.text import glyph, points

ABSENT = "Methods were not compared here yet; do it: `python -m fer_core explain --benchmark`"
ROW = 27
"""Height of a method in pixels."""


def section(loaded: Loaded) -> None:
    """Draw the comparison; raises ArtifactError for a damaged file."""
    st.header("Which method can be believed for which network?", anchor="faithful")
    table = loaded.artifacts.saliency()
    if table is None or not table.entries:
        st.info(ABSENT, icon=":material/info:")
        return
    st.plotly_chart(faithfulness(loaded, table), key="faithfulness", config=CONFIG)
    st.caption(
        "In hundredths: the area between the curves of insertion and deletion, less that of random orders; more is "
        f"better. Means over {table.images} PublicTest images. ▢ the best method of a network. ✕ the map is much the "
        "same when the weights are shuffled, so it shows little of what was learned."
    )
    if table.stale:
        st.caption(f"Without {', '.join(table.stale)}: their weights are others now.")


def faithfulness(loaded: Loaded, table: SaliencyTable) -> go.Figure:
    """Show the gain of each method over random orders for each member; the best are framed, the unchanged crossed."""
    members = [name for name in (*loaded.members, "ensemble") if any(e.member == name for e in table.entries)]
    methods = [name for name in METHODS if any(e.method == name for e in table.entries)]
    entries = [[table.of(member, method) for member in members] for method in methods]
    gains = np.array([[np.nan if e is None else 100 * e.gain for e in row] for row in entries])
    hover = [["" if e is None else _hover(e) for e in row] for row in entries]
    best = {member: entry for member in members if (entry := table.best(member)) is not None}
    winner, wins = Counter(entry.method for entry in best.values()).most_common(1)[0]
    title = f"{METHODS[winner]} is most faithful<br>for {wins} of {len(members)} networks"
    reach = max(1.0, float(np.nanmax(np.abs(gains))))
    colours = ink()
    figure = go.Figure(
        go.Heatmap(
            z=gains,
            x=list(range(len(members))),
            y=[METHODS[name] for name in methods],
            text=[["" if np.isnan(gain) else f"{gain:.0f}" for gain in row] for row in gains],
            texttemplate="%{text}",
            textfont={"color": colours.text, "size": 11},
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
            colorscale=colours.scale,
            zmin=0,
            zmax=reach,
            showscale=False,
            xgap=2,
            ygap=2,
            hoverongaps=False,
        )
    )
    unchanged = [
        e for row in entries for e in row if e and e.randomised is not None and e.randomised >= table.unchanged
    ]
    for marked, symbol, size in ((list(best.values()), "square-open", ROW - 6), (unchanged, "x-thin", 9)):
        figure.add_scatter(
            x=[members.index(e.member) + (0.33 if symbol == "x-thin" else 0) for e in marked],
            y=[METHODS[e.method] for e in marked],
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": colours.text, "line": {"width": 1.6}},
            hoverinfo="skip",
        )
    names = ["ensemble" if name == "ensemble" else f"{glyph(loaded, name)} {name}" for name in members]
    figure.update_xaxes(
        tickvals=list(range(len(members))), ticktext=names, tickangle=-50, showgrid=False, zeroline=False
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"size": 11})
    return two_lines(layout(figure, title, 170 + ROW * len(methods)))


def _hover(entry: Faithfulness) -> str:
    lines = [
        f"<b>{METHODS.get(entry.method, entry.method)} of {entry.member}</b>",
        f"gain {points(entry.gain)} hundredths (95% interval {points(entry.low)} to {points(entry.high)})",
        f"insertion {entry.insertion:.3f}, random {entry.random_insertion:.3f}",
        f"deletion {entry.deletion:.3f}, random {entry.random_deletion:.3f}",
        f"infidelity {entry.infidelity:.3f}",
    ]
    lines += [] if entry.sensitivity is None else [f"sensitivity {entry.sensitivity:.3f}"]
    lines += [] if entry.randomised is None else [f"like that of shuffled weights: {entry.randomised:.2f}"]
    return "<br>".join([*lines, f"{entry.milliseconds:.0f} ms a map"])
