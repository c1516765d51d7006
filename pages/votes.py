"""Faces on which the ensemble is right where its best member is wrong, and the other way round."""

import streamlit as st

from ui import laboratory, votes_cards, votes_controls, votes_text
from ui.text import caution, planned
from ui.votes import votes

loaded, choice = laboratory.page(
    "Rescued and broken",
    "Faces on which the ensemble is right where its best member is wrong, and the other way round.",
)
found = votes(loaded, choice)
st.html(votes_text.headline(found, exploratory=not planned(loaded, choice)))
st.caption(caution(loaded, choice, None))
left, right = st.columns([7, 5], gap="medium")
with left:
    votes_controls.filters(loaded, found)
votes_controls.pager(found, "above")
votes_cards.cards(loaded, found)
if len(found.at):
    votes_controls.pager(found, "below")
with right:  # last, since a browser takes longest to draw it
    votes_controls.matrix(found)
