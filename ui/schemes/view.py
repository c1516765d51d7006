"""The page All schemes: which scheme PublicTest prefers, what each reaches, and how each works."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Outcome, scheme_name
from fer_core.format import MARK, exploratory, p_value, percent, points
from fer_core.reports.sentences import p_name, p_words
from fer_core.terminology import FER, Words
from ui.data.artifacts import Loaded, planned
from ui.kit.headline import big, fact
from ui.kit.theme import CONFIG, ink, layout, two_lines
from ui.kit.wording import number
from ui.schemes.data import Row, more, pace, pinned, present, rows, why_not_pinned
from ui.session import state
from ui.session.choice import Choice

TABLE = "schemes_table"
FLATTERY = 0.005
"""A share of the split that chooses by which a scheme has to flatter itself for the title to say so."""


def headline(loaded: Loaded, outcome: Outcome, choice: Choice) -> None:
    """Draw what the present scheme reaches, which is there before all others are."""
    name = scheme_name(choice.weighting, choice.combiner)
    low, high = outcome.interval
    proof = p_name(exploratory=not planned(loaded, replace(choice, split="test")))
    facts = [
        fact("95% interval, %", f"{percent(low)} to {percent(high)}"),
        fact(f"over {outcome.best_member}, points", points(outcome.gain, 2)),
        fact(proof, p_value(outcome.mcnemar.p)),
        fact("log loss, nats", number(outcome.nll)),
        fact("calib. error, %", percent(outcome.ece)),
    ]
    st.html(
        big(percent(outcome.accuracy), f"by the present scheme: {name}")
        + f'<div class="fer-facts">{"".join(facts)}</div>'
    )


def preferred(loaded: Loaded, found: Sequence[Row], choice: Choice, best_member: str) -> None:
    """Say which scheme PublicTest prefers, what it reaches, and where the present one stands."""
    best, now = found[0], present(found, choice)
    test, words = best.mcnemar, loaded.words
    place = "is none of them" if now is None else f"comes as number {found.index(now) + 1}"
    st.markdown(
        f"Of {len(found)} schemes, **{scheme_name(*best.scheme)}** does best on {words.valid} out of fold "
        f"({percent(best.fair)}%). On {words.test} it reaches **{percent(best.accuracy, 2)}%**, {points(best.gain, 2)} "
        f"points over {best_member} ({p_words(test.p, exploratory=not in_plan(loaded, best, choice))}). "
        f"The present scheme {place}.",
        width=900,
    )
    twins = "" if choice.twins or loaded.alone else ", without images that have a twin in Training"
    st.caption(
        f"Over the members that are on{twins}. Only {words.valid} orders the schemes: each was fitted on four fifths "
        f"of it and scored on the last."
    )


def compared(found: Sequence[Row], choice: Choice, words: Words = FER) -> go.Figure:
    """Draw each scheme's accuracy on PublicTest, fitted there and out of fold, and on PrivateTest."""
    colours, names = ink(), [scheme_name(*row.scheme) for row in found]
    flattered = max(found, key=lambda row: row.fitted - row.fair)
    gap = flattered.fitted - flattered.fair
    title = f"No scheme overstates its accuracy much<br>on the {words.items} that it was fitted on"
    if gap >= FLATTERY:
        name = scheme_name(*flattered.scheme)
        title = f"{name[0].upper()}{name[1:]} overstates most:<br>{points(gap)} points where it was fitted"
    figure = go.Figure()
    for row, name in zip(found, names, strict=True):
        ends = [100 * row.fair, 100 * row.fitted]
        figure.add_scatter(
            x=ends, y=[name] * 2, mode="lines", line={"color": colours.faint, "width": 2}, hoverinfo="skip"
        )
    kinds = (
        (f"{words.valid}, fitted there", [row.fitted for row in found], "circle-open", colours.faint),
        (f"{words.valid}, out of fold", [row.fair for row in found], "circle", colours.text),
        (words.test, [row.accuracy for row in found], "diamond", colours.accent),
    )
    for kind, values, symbol, colour in kinds:
        figure.add_scatter(
            x=[100 * value for value in values],
            y=names,
            mode="markers",
            marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
            hovertemplate=f"%{{y}}<br>{kind}: %{{x:.2f}}%<extra></extra>",
        )
    now, other = present(found, choice), pinned(found, choice)
    ticks = [f"<b>{name}</b>" if row is now else name for row, name in zip(found, names, strict=True)]
    if other is not None:
        at = found.index(other)
        ticks[at] = f"<b>A</b> · {names[at]}"
        ring = {"symbol": "diamond-open", "size": 17, "color": colours.text, "line": {"width": 2}}
        figure.add_scatter(x=[100 * other.accuracy], y=[names[at]], mode="markers", marker=ring, hoverinfo="skip")
    figure.update_xaxes(title="accuracy, %")
    figure.update_yaxes(autorange="reversed", tickvals=names, ticktext=ticks, tickfont={"size": 11})
    return two_lines(layout(figure, title, 130 + 23 * len(found)))


def in_plan(loaded: Loaded, row: Row, choice: Choice) -> bool:
    """Tell whether a scheme over the members that are on was planned."""
    return planned(loaded, replace(choice, split="test", weighting=row.weighting, combiner=row.combiner))


def table(loaded: Loaded, found: Sequence[Row], choice: Choice) -> None:
    """Draw all figures; a row that is clicked becomes the present scheme."""

    def take() -> None:
        rows = st.session_state.to_dict()[TABLE]["selection"]["rows"]
        if rows:
            state.use(*found[rows[0]].scheme)

    other, words = pinned(found, choice), loaded.words
    names = [WEIGHTINGS[row.weighting].title if COMBINERS[row.combiner].weighs else "–" for row in found]
    columns = {
        "weights": [f"A · {name}" if row is other else name for row, name in zip(found, names, strict=True)],
        "combined by": [COMBINERS[row.combiner].title for row in found],
        "out of fold, %": [percent(row.fair) for row in found],
        f"{words.valid}, %": [percent(row.fitted) for row in found],
        f"{words.test}, %": [percent(row.accuracy, 2) for row in found],
        "95% interval, %": [" to ".join(map(percent, row.interval)) for row in found],
        "gain, points": [points(row.gain, 2) for row in found],
        "McNemar p": [p_value(row.mcnemar.p) + ("" if in_plan(loaded, row, choice) else f" {MARK}") for row in found],
        "log loss, nats": [number(row.nll) for row in found],
        "calib. error, %": [percent(row.ece) for row in found],
    }
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key=TABLE,
        on_select=take,
        selection_mode="single-row",
        height=35 * (len(found) + 1) + 3,
        column_config={name: st.column_config.TextColumn(alignment="right") for name in list(columns)[2:]},
    )
    st.caption(
        "Choose a row to make it the present scheme. Gains and tests are against the best member. "
        f"{exploratory(words.valid)}"
    )


def how_they_work(words: Words) -> None:
    """Draw title, formula, sentence and source of every weighting and combiner."""
    for title, registry in (("Weights", WEIGHTINGS), ("Rules", COMBINERS)):
        st.subheader(title, anchor=False)
        for entry in registry.values():
            said, formula = st.columns([5, 7], gap="medium", vertical_alignment="center")
            said.markdown(f"**{entry.title}** :small[:gray[{entry.source}]]  \n{words.put(entry.description)}")
            formula.latex(entry.formula)


def slower(loaded: Loaded, found: Sequence[Row], choice: Choice) -> None:
    """Offer the schemes that take long, and name those that take too long."""
    kinds, shown = pace(loaded.explorer, len(choice.members)), {row.scheme for row in found}
    if waiting := [pair for pair in kinds.slow if pair not in shown]:
        st.button(f"Fit {len(waiting)} more", icon=":material/hourglass_top:", on_click=more, args=(loaded,))
        st.caption("They are fitted in rounds. With so many rows and classes, each takes some seconds.")
    if kinds.too_slow:
        names = ", ".join(scheme_name(*pair) for pair in kinds.too_slow)
        st.caption(f"Left out because they would take minutes with so many classes: {names}.")


def sections(loaded: Loaded, choice: Choice) -> None:
    """Draw the whole page below its controls."""
    outcome = loaded.explorer.recompute(replace(choice.setting(), split="test"))
    headline(loaded, outcome, choice)
    found = rows(loaded, choice)
    words = loaded.words
    preferred(loaded, found, choice, outcome.best_member)
    st.plotly_chart(compared(found, choice, words), key="schemes_compared", config=CONFIG)
    mark = "bold: the present scheme" if present(found, choice) else "the present scheme is none of these"
    mark += " · ringed: A" if pinned(found, choice) else ""
    st.caption(f"○ {words.valid}, fitted there · ● {words.valid}, out of fold · ◆ {words.test} · {mark}")
    if why := why_not_pinned(found, choice):
        st.caption(why)
    slower(loaded, found, choice)
    table(loaded, found, choice)
    with st.expander("How each works"):
        how_they_work(words)
