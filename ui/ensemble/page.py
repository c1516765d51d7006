"""The explorer: switch members and weights, watch the number move."""

from dataclasses import replace

import streamlit as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from ui.data.artifacts import out_of_fold, planned, present
from ui.ensemble import plots
from ui.ensemble.downloads import take_home
from ui.kit import uploads_panel
from ui.kit.controls import controls, images_shown
from ui.kit.headline import empty_headline, headline
from ui.kit.pin_bar import pinned
from ui.kit.theme import CONFIG
from ui.kit.wording import caution, change_sentence, scheme_sentence
from ui.session import state


def render() -> None:
    """Draw the page."""
    loaded, choice = present(), state.get()
    explorer = loaded.explorer
    accuracy = explorer.member_accuracy(choice.split, twins=choice.twins)
    left, right = st.columns([3, 9], gap="medium")
    with left, st.container(key="panel"):
        st.toggle("Members and weights", key="fold")
        with st.container(key="controls"):
            uploads_panel.switch(loaded)
            controls(loaded, choice, accuracy)
            own = st.container()  # filled last, so that the number comes first

    with right:
        images_shown(loaded)
        if why := choice.empty():
            empty_headline(why, "Switch a member on, or give one a weight above zero, to see what it reaches.")
            uploads_panel.panel(loaded, own)
            st.stop()
        before = state.show(choice)
        outcome = explorer.recompute(choice.setting())
        previous = explorer.recompute(before.setting()) if before and not before.empty() else None
        change = change_sentence(outcome, before, previous, loaded.words)
        other = explorer.recompute(replace(choice, twins=not choice.twins).setting())
        headline(outcome, other, exploratory=not planned(loaded, choice), change=change, words=loaded.words)
        fair = None
        weighting, combiner = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
        if choice.split == "valid" and choice.weighting != "manual" and (weighting.fitted or combiner.fit):
            fair = out_of_fold(loaded, choice.members, choice.weighting, choice.combiner)
        st.caption(caution(loaded, choice, fair))
        pin = pinned(loaded, choice)
        st.plotly_chart(plots.line_of_members(outcome, pin), key="line", config=CONFIG)
        first, second = st.columns(2)
        first.plotly_chart(plots.recall_change(loaded, outcome), key="recall", config=CONFIG)
        second.plotly_chart(plots.confusion(loaded, outcome), key="confusion", config=CONFIG)
        third, fourth = st.columns(2)
        third.plotly_chart(plots.weights(loaded, outcome), key="weights", config=CONFIG)
        fourth.plotly_chart(plots.confidence_order(loaded, choice.members), key="order", config=CONFIG)
        st.caption(scheme_sentence(choice, loaded.words))
        st.latex(rf"{combiner.formula}, \qquad {weighting.formula}" if combiner.weighs else combiner.formula)
        take_home(loaded, choice)
    uploads_panel.panel(loaded, own)
