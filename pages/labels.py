"""What ten people said of the same faces, and what the members say where these differ from FER-2013's label."""

import streamlit as st

from ui import frame, labels_charts, labels_text, laboratory
from ui.charts import CONFIG
from ui.headline import empty_headline
from ui.labels_controls import controls
from ui.labels_view import compared
from ui.load import present
from ui.text import planned

frame.ensure()
about = labels_text.ELSEWHERE if present().alone else labels_text.ABOUT
loaded, choice = laboratory.page("Labels and crowd", about)
if loaded.alone:
    empty_headline(*labels_text.NOT_THESE)
    st.stop()
if not loaded.artifacts.has("ferplus.npz"):
    empty_headline(*labels_text.NO_VOTES)
    st.stop()
controls()
found = compared(loaded, choice)
if not found.images:
    empty_headline(*labels_text.NOBODY)
    st.stop()
st.html(labels_text.headline(found, exploratory=not planned(loaded, choice)))
st.caption(labels_text.explained(found, loaded.words.splits[choice.split], agreed=choice.labels.agreed))
first, second = st.columns(2)
first.plotly_chart(labels_charts.order(loaded, found), key="order", config=CONFIG)
second.plotly_chart(labels_charts.taken_sides(loaded, found), key="sides", config=CONFIG)
st.caption(labels_text.conflict(found))
third, fourth = st.columns(2)
third.plotly_chart(labels_charts.most_frequent(found), key="flows", config=CONFIG)
fourth.plotly_chart(labels_charts.by_votes(found), key="by_votes", config=CONFIG)
