"""The explorer: switch members and weights, watch the number move."""

from dataclasses import replace

import streamlit as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from ui import charts, frame, own_view, state
from ui.controls import controls, images_shown
from ui.headline import empty_headline, headline
from ui.load import out_of_fold, present
from ui.pin_view import pinned
from ui.take_home import take_home
from ui.text import caution, change_sentence, planned, scheme_sentence

frame.ensure()
loaded, choice = present(), state.get()
explorer = loaded.explorer
accuracy = explorer.member_accuracy(choice.split, twins=choice.twins)
left, right = st.columns([3, 9], gap="medium")
with left, st.container(key="panel"):
    st.toggle("Members and weights", key="fold")
    with st.container(key="controls"):
        own_view.switch(loaded)
        controls(loaded, choice, accuracy)
        own = st.container()  # filled last, so that the number comes first

with right:
    images_shown(loaded)
    if why := choice.empty():
        empty_headline(why, "Switch a member on, or give one a weight above zero, to see what it reaches.")
        own_view.panel(loaded, own)
        st.stop()
    before = state.last_setting(choice)
    outcome = explorer.recompute(choice.setting())
    previous = explorer.recompute(before.setting()) if before and not before.empty() else None
    change = change_sentence(outcome, before, previous, loaded.words)
    other = explorer.recompute(replace(choice, twins=not choice.twins).setting())
    headline(outcome, other, exploratory=not planned(loaded, choice), change=change, words=loaded.words)
    fair = None
    weighting, combiner = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
    if choice.split == "valid" and choice.weighting != "manual" and (weighting.fitted or combiner.fit):
        fair = out_of_fold(loaded.key, explorer, choice.members, choice.weighting, choice.combiner)
    st.caption(caution(loaded, choice, fair))
    pin = pinned(loaded, choice)
    st.plotly_chart(charts.line_of_members(outcome, pin), key="line", config=charts.CONFIG)
    first, second = st.columns(2)
    first.plotly_chart(charts.recall_change(loaded, outcome), key="recall", config=charts.CONFIG)
    second.plotly_chart(charts.confusion(loaded, outcome), key="confusion", config=charts.CONFIG)
    third, fourth = st.columns(2)
    third.plotly_chart(charts.weights(loaded, outcome), key="weights", config=charts.CONFIG)
    fourth.plotly_chart(charts.confidence_order(loaded, choice.members), key="order", config=charts.CONFIG)
    st.caption(scheme_sentence(choice, loaded.words))
    st.latex(rf"{combiner.formula}, \qquad {weighting.formula}" if combiner.weighs else combiner.formula)
    take_home(loaded, choice)
own_view.panel(loaded, own)
