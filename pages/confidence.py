"""Whether the ensemble is right as often as it says, and what is gained by answering only when it is sure."""

import streamlit as st

from ui import confidence_charts, confidence_rows, confidence_text, laboratory
from ui.charts import CONFIG
from ui.confidence_controls import controls
from ui.confidence_view import sure

loaded, choice = laboratory.page(
    "How sure it is",
    "Whether the ensemble is right as often as it says, and what is gained by answering only when it is sure.",
)
found = sure(loaded, choice)
controls(found)
st.html(confidence_text.headline(found))
st.caption(confidence_text.temperature(found))
first, second = st.columns(2)
first.plotly_chart(confidence_charts.risk(found), key="risk", config=CONFIG)
second.plotly_chart(confidence_charts.reliability(found), key="reliability", config=CONFIG)
st.caption(confidence_text.area(found.words))
third, fourth = st.columns(2)
third.plotly_chart(confidence_rows.by_decided(found), key="by_decided", config=CONFIG)
fourth.plotly_chart(confidence_rows.by_label(found), key="by_label", config=CONFIG)
st.caption(confidence_text.UNFAIR)
st.plotly_chart(confidence_rows.errors(loaded, found), key="errors", config=CONFIG)
