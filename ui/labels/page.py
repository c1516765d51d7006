"""Compare the members' answers with FER-2013's label and with what ten people said about the same faces."""

import streamlit as st

from ui.data.artifacts import planned, present
from ui.kit import analysis
from ui.kit.headline import empty_headline
from ui.kit.theme import CONFIG
from ui.labels import plots, wording
from ui.labels.controls import controls
from ui.labels.data import compared


def render() -> None:
    """Draw the page."""
    about = wording.ELSEWHERE if present().alone else wording.ABOUT
    loaded, choice = analysis.page("Labels and crowd", about)
    if loaded.alone:
        empty_headline(*wording.NOT_THESE)
        st.stop()
    if not loaded.artifacts.has("ferplus.npz"):
        empty_headline(*wording.NO_VOTES)
        st.stop()
    controls()
    found = compared(loaded, choice)
    if not found.images:
        empty_headline(*wording.NOBODY)
        st.stop()
    st.html(wording.headline(found, exploratory=not (choice.labels.planned and planned(loaded, choice))))
    st.caption(wording.explained(found, loaded.words.splits[choice.split], agreed=choice.labels.agreed))
    first, second = st.columns(2)
    first.plotly_chart(plots.order(loaded, found), key="order", config=CONFIG)
    second.plotly_chart(plots.taken_sides(loaded, found), key="sides", config=CONFIG)
    st.caption(wording.conflict(found))
    third, fourth = st.columns(2)
    third.plotly_chart(plots.most_frequent(found), key="flows", config=CONFIG)
    fourth.plotly_chart(plots.by_votes(found), key="by_votes", config=CONFIG)
