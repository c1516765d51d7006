"""What this is, what it reaches, and three doors into it."""

import streamlit as st

from fer_core.markdown import percent
from ui import frame, state
from ui.doors import doors
from ui.headline import big
from ui.load import load
from ui.text import beside, home_sentence

frame.ensure()
loaded = load()
outcome = loaded.outcome
st.title("Several networks see a face better than one")
st.markdown(
    "These networks learned seven emotions from the same 28,709 faces of FER-2013, and each errs in its own way. "
    "Switch them on and off, weigh them, and watch what the ensemble gains on the faces of the test set."
)
st.html(big(percent(outcome.accuracy), beside(outcome)))
st.markdown(home_sentence(outcome, loaded.without_twins))
st.page_link("pages/lesson.py", label="Take the lesson: ten questions, ten guesses", icon=":material/school:")
for column, door in zip(st.columns(3), doors(loaded), strict=True):
    with column.container(border=True, height="stretch"):
        st.subheader(door.title)
        st.markdown(door.text)
        if st.button(door.label, key=f"door_{door.title}", on_click=state.put, args=(door.choice,)):
            st.switch_page("pages/ensemble.py")
