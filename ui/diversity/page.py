"""See what each member adds, and which members make different errors."""

import streamlit as st

from ui.diversity import view, wording
from ui.diversity.data import find
from ui.kit import analysis
from ui.kit.headline import empty_headline


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "Who adds what", "See what each member adds, and which members make different errors."
    )
    if len(choice.members) == 1:
        empty_headline("One member alone has no diversity.", "Switch a second one on above to see what each adds.")
        st.stop()
    found = find(loaded, choice)
    st.html(wording.headline(found))
    st.caption(wording.caution(loaded, choice))
    view.beside(loaded, choice, found)

    st.header("What each member adds", anchor="adds")
    view.contributions(loaded, choice, found)

    st.header(loaded.words.put("Which members make different errors"), anchor="pairs")
    view.pairs(choice, found)

    st.header("How much diversity lowers the loss", anchor="loss")
    view.loss(loaded, choice, found)

    st.header("How far diversity could go", anchor="far")
    view.references(loaded, choice, found)
