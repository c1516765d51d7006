"""What every page of the laboratory begins with."""

import streamlit as st

from ui.data.artifacts import Loaded, present
from ui.kit.controls import strip
from ui.kit.headline import empty_headline
from ui.kit.pin_bar import pinned
from ui.session import state
from ui.session.choice import Choice


def page(title: str, words: str, *, splits: bool = True) -> tuple[Loaded, Choice]:
    """Draw a title, what the page is about, the controls and what is pinned; return what is loaded and chosen.

    splits : with the choice of the split.  Stops, saying why, where nothing is chosen.
    """
    loaded, choice = present(), state.get()
    st.title(title, anchor=False)
    st.markdown(loaded.words.put(words), width=900)
    strip(loaded, splits=splits)
    if why := choice.empty():
        empty_headline(why, "Switch a member on above, or give one a weight above zero on the page Ensemble.")
        st.stop()
    pinned(loaded, choice)
    return loaded, choice
