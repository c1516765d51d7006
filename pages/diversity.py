"""An ensemble gains from members that are good and that err on different faces."""

import streamlit as st

from ui import diversity_sections as sections
from ui import diversity_text, laboratory
from ui.diversity import find
from ui.headline import empty_headline

loaded, choice = laboratory.page(
    "Who adds what", "An ensemble gains from members that are good and that err on different faces."
)
if len(choice.members) == 1:
    empty_headline("One member has nobody to differ from.", "Switch a second one on above to see what each adds.")
    st.stop()
found = find(loaded, choice)
st.html(diversity_text.headline(found))
st.caption(diversity_text.caution(loaded, choice))
sections.beside(loaded, choice, found)

st.header("What each member adds", anchor="adds")
sections.contributions(loaded, choice, found)

st.header(loaded.words.put("Who errs on other faces"), anchor="pairs")
sections.pairs(choice, found)

st.header("What differing takes off the loss", anchor="loss")
sections.loss(loaded, choice, found)

st.header("How far differing could go", anchor="far")
sections.references(loaded, choice, found)
