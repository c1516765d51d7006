"""Faces on which the ensemble is right where its best member, or what is pinned as A, is wrong, and the other way."""

import streamlit as st

from ui import frame, laboratory, votes_cards, votes_controls, votes_text
from ui.load import present
from ui.pinned import both_planned
from ui.text import planned
from ui.votes import votes

frame.ensure()
loaded, choice = laboratory.page("Rescued and broken", votes_text.about(present().words))
found = votes(loaded, choice)
fixed = both_planned(loaded, choice) if found.ballots.against else planned(loaded, choice)
st.html(votes_text.headline(found, exploratory=not fixed))
st.caption(votes_text.worth(loaded, found, fixed=fixed))
left, right = st.columns([7, 5], gap="medium")
with left:
    votes_controls.filters(loaded, found)
votes_controls.pager(found, "above")
votes_cards.cards(loaded, found)
if len(found.at):
    votes_controls.pager(found, "below")
with right:  # last, since a browser takes longest to draw it
    votes_controls.matrix(found)
