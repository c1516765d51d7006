"""What the numbers cannot say: doubtful labels, unequal emotions, twins, damage, people, uses, privacy."""

import pandas as pd
import streamlit as st

from ui.data.artifacts import load
from ui.kit.theme import CONFIG
from ui.limits import damage, plots, wording
from ui.limits.data import limits
from ui.limits.wording import SECTIONS

WIDTHS = [5, 7]


def render() -> None:
    """Draw the page."""
    found = limits(load())
    st.title("What the numbers cannot say", anchor=False)
    st.markdown(wording.SUMMARY)
    st.markdown(wording.contents())

    st.header(SECTIONS["labels"], anchor="labels")
    if found.crowd:
        words, figure = st.columns(WIDTHS, gap="medium")
        words.markdown(wording.labels(found, found.crowd))
        figure.plotly_chart(plots.confirmed(found.crowd), key="confirmed", config=CONFIG)
    else:
        st.info(wording.NO_VOTES, icon=":material/info:")

    st.header(SECTIONS["imbalance"], anchor="imbalance")
    words, figure = st.columns(WIDTHS, gap="medium")
    words.markdown(wording.imbalance(found))
    figure.plotly_chart(plots.frequency(found), key="frequency", config=CONFIG)

    st.header(SECTIONS["twins"], anchor="twins")
    words, figure = st.columns(WIDTHS, gap="medium")
    words.markdown(wording.twins(found))
    figure.plotly_chart(plots.twins(found), key="twins", config=CONFIG)

    st.header(SECTIONS["damage"], anchor="damage")
    system = damage.shown(found.robustness)
    if found.robustness and system:
        words, figure = st.columns(WIDTHS, gap="medium")
        words.markdown(damage.words(found.robustness, system))
        figure.plotly_chart(damage.figure(found.robustness, system), key="damage", config=CONFIG)
        columns = damage.table(found.robustness)
        right = {name: st.column_config.TextColumn(alignment="right") for name in list(columns)[1:]}
        tall = 35 * (len(next(iter(columns.values()))) + 1) + 3  # no row is cut off
        st.dataframe(pd.DataFrame(columns), hide_index=True, key="damage_table", column_config=right, height=tall)
        st.caption(f"{damage.EXPLAINED} {damage.left_out(found.robustness)}")
    else:
        st.info(damage.NOT_MEASURED, icon=":material/info:")

    st.header(SECTIONS["people"], anchor="people")
    words, figure = st.columns(WIDTHS, gap="medium")
    words.markdown(wording.PEOPLE)
    figure.plotly_chart(plots.mean_faces(found), key="mean_faces", config=CONFIG)

    st.header(SECTIONS["uses"], anchor="uses")
    st.markdown(wording.USES, width=900)

    st.header(SECTIONS["privacy"], anchor="privacy")
    st.markdown(wording.PRIVACY, width=900)
    st.markdown(wording.where(st.context.url), width=900)
