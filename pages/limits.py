"""What the numbers cannot say: doubtful labels, unequal emotions, twins, people, uses, privacy."""

import streamlit as st

from ui import frame, limits_charts, limits_text
from ui.charts import CONFIG
from ui.limits import limits
from ui.limits_text import SECTIONS
from ui.load import load

WIDTHS = [5, 7]

frame.ensure()
found = limits(load())
st.title("What the numbers cannot say", anchor=False)
st.markdown(limits_text.SUMMARY)
st.markdown(limits_text.contents())

st.header(SECTIONS["labels"], anchor="labels")
if found.crowd:
    words, figure = st.columns(WIDTHS, gap="medium")
    words.markdown(limits_text.labels(found, found.crowd))
    figure.plotly_chart(limits_charts.confirmed(found.crowd), key="confirmed", config=CONFIG)
else:
    st.info(limits_text.NO_VOTES, icon=":material/info:")

st.header(SECTIONS["imbalance"], anchor="imbalance")
words, figure = st.columns(WIDTHS, gap="medium")
words.markdown(limits_text.imbalance(found))
figure.plotly_chart(limits_charts.frequency(found), key="frequency", config=CONFIG)

st.header(SECTIONS["twins"], anchor="twins")
words, figure = st.columns(WIDTHS, gap="medium")
words.markdown(limits_text.twins(found))
figure.plotly_chart(limits_charts.twins(found), key="twins", config=CONFIG)

st.header(SECTIONS["people"], anchor="people")
words, figure = st.columns(WIDTHS, gap="medium")
words.markdown(limits_text.PEOPLE)
figure.plotly_chart(limits_charts.mean_faces(found), key="mean_faces", config=CONFIG)

st.header(SECTIONS["uses"], anchor="uses")
st.markdown(limits_text.USES, width=900)

st.header(SECTIONS["privacy"], anchor="privacy")
st.markdown(limits_text.PRIVACY, width=900)
st.markdown(limits_text.where(st.context.url), width=900)
