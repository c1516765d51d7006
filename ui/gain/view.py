"""The page Gain from top to bottom, below its controls."""

from functools import partial
from html import escape

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from fer_core.ensemble.subsets.all_subsets import AllSubsets
from fer_core.errors import FerError
from fer_core.format import p_value, percent, points
from fer_core.reports.sentences import p_name
from ui.data import latency
from ui.data.artifacts import Loaded, planned
from ui.data.schemes import scheme, with_a_game
from ui.gain import plots, wording
from ui.gain.data import Gain, ask_for_times, costs
from ui.kit.headline import big, fact
from ui.kit.theme import CONFIG
from ui.session import state
from ui.session.controls import is_click, unclicked

STYLE = """<style>
.fer-step { min-height:2.7rem; }
@media (pointer: coarse) {
  body:not(:has(.st-key-tap_dots input:checked)) [class*="st-key-gain_"] .js-plotly-plot * {
    pointer-events:none !important;
  }
}
@media not (pointer: coarse) { .st-key-tap_dots { display:none; } }
@media (max-width: 640px) { .fer-big:has(+ .fer-gain) { min-height:9.4rem; } .fer-step { min-height:4.2rem; } }
</style>"""
"""Places are reserved for the longest words.  A finger that swipes over a figure scrolls the page, unless it is said to
tap: Plotly keeps swipes for itself wherever dots can be chosen.  Its first tap shows a dot, the next chooses that."""


def headline(loaded: Loaded, gain: Gain) -> None:
    """Draw what the present choice gains over its own members."""
    outcome, subsets = gain.outcome, gain.shown
    low, high = outcome.interval
    place = "–" if subsets is None or gain.here is None else f"{subsets.rank(gain.here)} of {len(subsets.numbers)}"
    facts = [
        fact("accuracy, %", percent(outcome.accuracy)),
        fact("95% interval, %", f"{percent(low)} to {percent(high)}"),
        fact("mean member, %", percent(gain.mean)),
        fact(f"{gain.best}, %", percent(outcome.member_accuracy[gain.best])),
        fact(p_name(exploratory=not planned(loaded, gain.choice)), p_value(gain.mcnemar.p)),
        fact("rank among all subsets" if gain.several == len(loaded.members) else "rank among its subsets", place),
    ]
    note = f'<p class="fer-note">{escape(wording.of_a(gain))}</p>' if gain.a else ""
    st.html(
        big(points(gain.gain), wording.beside(gain), unit="")
        + f'<div class="fer-facts fer-gain">{"".join(facts)}</div>{note}'
        + STYLE
    )


def by_size(loaded: Loaded, gain: Gain) -> None:
    """Draw every subset by its size."""
    if gain.shown is None:
        not_shown(gain, "size")
        return
    st.toggle("Tap to see a dot, tap again to use its ensemble", key="tap_dots", help="Swipes then stop at figures")
    _clickable(plots.subsets(loaded, gain, gain.shown), "gain_subsets", gain.shown)
    idle = wording.idle(loaded, gain, gain.shown)
    st.caption(f"{wording.clicks(loaded, gain)} {idle}{wording.hindsight(loaded, gain.choice)}")


def not_shown(gain: Gain, part: str) -> None:
    """Say why not all subsets are shown, and offer the nearest scheme under which they are."""
    st.info(wording.not_scored(gain), icon=":material/info:")
    other = with_a_game(gain.choice)
    if other != gain.choice and gain.several <= gain.most:
        args = (other.weighting, other.combiner)
        st.button(f"Use {scheme(other)}", key=f"gain_use_{part}", on_click=state.use, args=args)


def by_cost(loaded: Loaded, gain: Gain, widths: list[int]) -> None:
    """Draw every subset by what it costs; those with members of which that is not known are left out."""
    if not loaded.cards:
        st.caption(wording.NO_COST)
        return
    words, figure = st.columns(widths, gap="medium")
    with words:
        st.segmented_control(
            "Cost",
            list(wording.COSTS),
            format_func=lambda cost: wording.COSTS[cost].capitalize(),
            required=True,
            key="control_gain_cost",
            on_change=state.take_controls,
            label_visibility="collapsed",
        )
        priced = priced_of(loaded, gain)
        st.markdown((wording.COST if priced else wording.COST_ALONE) + wording.unpriced(loaded))
        st.caption(wording.LATENCY)
    with figure:
        try:
            each = costs(loaded, gain.choice)
        except FerError as error:
            st.info(str(error), icon=":material/info:")
            return
        if each is None:
            _offer_times()
        elif priced is None:
            st.plotly_chart(plots.few(loaded, gain, each), key="gain_few", config=CONFIG)
        else:
            _clickable(plots.cost(loaded, gain, priced, each), "gain_cost", priced)


def priced_of(loaded: Loaded, gain: Gain) -> AllSubsets | None:
    """Return the subsets whose cost is known, None where there are none or subsets cannot be scored at once."""
    found = gain.shown.within(loaded.cards) if gain.shown else None
    return found if found is not None and len(found.numbers) else None


def _offer_times() -> None:
    """Draw what stands in place of the figure until the networks were timed."""
    with st.container(height=400, border=False, vertical_alignment="center", horizontal_alignment="center"):
        able = latency.available()
        st.caption("Times are measured on this machine, in a few seconds." if able else latency.WITHOUT)
        st.button("Time the networks", icon=":material/timer:", disabled=not able, on_click=ask_for_times)


def on_both(loaded: Loaded, gain: Gain, widths: list[int]) -> None:
    """Draw how much of a lead on PublicTest survives on PrivateTest."""
    if gain.valid is None or gain.test is None or gain.split_agreement is None:
        not_shown(gain, "gap")
        return
    found = gain.split_agreement
    words, figure = st.columns(widths, gap="medium")
    words.markdown(wording.optimist(loaded, gain, gain.valid, gain.test, found))
    figure.plotly_chart(plots.both(loaded, gain, gain.valid, gain.test, found), key="gain_both", config=CONFIG)


def _clickable(figure: go.Figure, key: str, subsets: AllSubsets) -> None:
    """Draw a figure whose dots can be taken over."""
    clickable = unclicked(f"{key}_dots")
    with st.container(key=key):
        st.plotly_chart(
            figure,
            key=clickable,
            config=CONFIG,
            on_select=partial(_take, clickable, subsets.members),
            selection_mode="points",
        )


def _take(key: str, members: tuple[str, ...]) -> None:
    """Switch the members of the dot on that was clicked."""
    points_ = st.session_state.to_dict()[key].selection.points
    known = points_[0].get("customdata") if points_ else None
    number = known[0] if isinstance(known, list) and known else None
    if isinstance(number, int) and 0 < number < 1 << len(members) and is_click(key):
        names = tuple(name for i, name in enumerate(members) if number >> i & 1)
        state.put(state.taken().with_members(names))
