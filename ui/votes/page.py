"""Faces on which the ensemble is right where its best member, or what is pinned as A, is wrong, and the other way."""

import streamlit as st

from ui.data.artifacts import planned, present
from ui.data.pinned import both_planned
from ui.kit import analysis
from ui.votes import cards, controls, wording
from ui.votes.data import votes


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page("Rescued and broken", wording.about(present().words))
    found = votes(loaded, choice)
    fixed = both_planned(loaded, choice) if found.ballots.against else planned(loaded, choice)
    st.html(wording.headline(found, exploratory=not fixed))
    st.caption(wording.worth(loaded, found, fixed=fixed))
    left, right = st.columns([7, 5], gap="medium")
    with left:
        controls.filters(loaded, found)
    controls.pager(found, "above")
    cards.cards(loaded, found)
    if len(found.at):
        controls.pager(found, "below")
    with right:  # last, since a browser takes longest to draw it
        controls.matrix(found)
