"""Ten short steps from one network to all of them, each of which asks for a guess before it tells."""

import streamlit as st

from ui.data.artifacts import load
from ui.lesson import view
from ui.lesson.links import share
from ui.session import state

WIDTHS = [5, 7]


def render() -> None:
    """Draw the page."""
    loaded, choice = load(), state.get().lesson
    state.restore_controls()
    view.style(choice)
    view.bar(choice)
    view.question(loaded, choice)
    view.number(loaded, choice)
    words, picture = st.columns(WIDTHS, gap="medium")
    with words:
        view.slider(loaded, choice)
        view.buttons(loaded, choice)
        view.learned(loaded, choice)
    with picture:
        view.figure(loaded, choice)
    view.end(loaded, choice)
    if not choice.present:
        share(choice)
        st.caption(view.KEYS_SAID)
