"""See whether the ensemble is right as often as it claims, and what it gains by abstaining when it is unsure."""

import streamlit as st

from ui.confidence import plots, rows, wording
from ui.confidence.controls import controls
from ui.confidence.data import sure
from ui.kit import analysis
from ui.kit.theme import CONFIG


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "How sure it is",
        "See whether the ensemble is right as often as it claims, and what it gains by abstaining when it is unsure.",
    )
    found = sure(loaded, choice)
    controls(found)
    st.html(wording.headline(found))
    st.caption(wording.temperature(found))
    first, second = st.columns(2)
    first.plotly_chart(plots.risk(found), key="risk", config=CONFIG)
    second.plotly_chart(plots.reliability(found), key="reliability", config=CONFIG)
    st.caption(wording.area(found.words))
    third, fourth = st.columns(2)
    third.plotly_chart(rows.by_decided(found), key="by_decided", config=CONFIG)
    fourth.plotly_chart(rows.by_label(found), key="by_label", config=CONFIG)
    st.caption(wording.UNFAIR)
    st.plotly_chart(rows.errors(loaded, found), key="errors", config=CONFIG)
