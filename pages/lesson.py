"""Ten short steps from one network to all of them, each of which asks for a guess before it tells."""

import streamlit as st

from ui import frame, lesson_view, state
from ui.lesson_share import share
from ui.load import load

WIDTHS = [5, 7]

frame.ensure()
loaded, choice = load(), state.get().lesson
state.restore_controls()
lesson_view.style(choice)
lesson_view.bar(choice)
lesson_view.question(loaded, choice)
lesson_view.number(loaded, choice)
words, picture = st.columns(WIDTHS, gap="medium")
with words:
    lesson_view.slider(loaded, choice)
    lesson_view.buttons(loaded, choice)
    lesson_view.learned(loaded, choice)
with picture:
    lesson_view.figure(loaded, choice)
lesson_view.end(loaded, choice)
if not choice.present:
    share(choice)
    st.caption(lesson_view.KEYS_SAID)
