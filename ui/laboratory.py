"""What every page of the laboratory begins with."""

import streamlit as st

from ui import frame, state
from ui.choice import Choice
from ui.controls import strip
from ui.headline import empty_headline
from ui.load import Loaded, present
from ui.pin_view import pinned


def page(title: str, words: str, *, splits: bool = True) -> tuple[Loaded, Choice]:
    """Draw a title, what the page is about, the controls and what is pinned; return what is loaded and chosen.

    splits : with the choice of the split.  Stops, saying why, where nothing is chosen.
    """
    frame.ensure()
    loaded, choice = present(), state.get()
    st.title(title, anchor=False)
    st.markdown(loaded.words.put(words), width=900)
    strip(loaded, splits=splits)
    if why := choice.empty():
        empty_headline(why, "Switch a member on above, or give one a weight above zero on the page Ensemble.")
        st.stop()
    pinned(loaded, choice)
    return loaded, choice
