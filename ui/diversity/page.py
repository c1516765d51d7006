"""An ensemble gains from members that are good and that err on different faces."""

import streamlit as st

from ui.diversity import view, wording
from ui.diversity.data import find
from ui.kit import analysis
from ui.kit.headline import empty_headline


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "Who adds what", "An ensemble gains from members that are good and that err on different faces."
    )
    if len(choice.members) == 1:
        empty_headline("One member has nobody to differ from.", "Switch a second one on above to see what each adds.")
        st.stop()
    found = find(loaded, choice)
    st.html(wording.headline(found))
    st.caption(wording.caution(loaded, choice))
    view.beside(loaded, choice, found)

    st.header("What each member adds", anchor="adds")
    view.contributions(loaded, choice, found)

    st.header(loaded.words.put("Who errs on other faces"), anchor="pairs")
    view.pairs(choice, found)

    st.header("What differing takes off the loss", anchor="loss")
    view.loss(loaded, choice, found)

    st.header("How far differing could go", anchor="far")
    view.references(loaded, choice, found)
