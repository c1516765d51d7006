"""What this is, what it reaches, and three doors into it."""

import streamlit as st

from fer_core.ensemble import Setting
from fer_core.format import percent
from fer_core.reports.markdown import equal_sentence
from ui.data.artifacts import load
from ui.home.data import doors
from ui.kit.headline import big
from ui.kit.wording import beside, home_sentence, home_title
from ui.session import state


def render() -> None:
    """Draw the page."""
    loaded = load()
    outcome = loaded.outcome
    st.title(home_title(outcome))
    st.markdown(
        "Switch networks on and off, weight them, and watch what their ensemble gains or loses on the test set. All of "
        "them learned seven emotions from the same 28,709 faces of FER-2013, and each makes errors of its own."
    )
    st.html(big(percent(outcome.accuracy), beside(outcome)))
    st.markdown(home_sentence(outcome, loaded.without_twins))
    st.markdown(equal_sentence(loaded.explorer.recompute(Setting(loaded.members))))
    st.page_link("pages/lesson.py", label="Take the lesson: ten questions, ten guesses", icon=":material/school:")
    for column, door in zip(st.columns(3), doors(loaded), strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(door.title)
            st.markdown(door.text)
            if st.button(door.label, key=f"door_{door.title}", on_click=state.put, args=(door.choice,)):
                st.switch_page("pages/ensemble.py", query_params=door.choice.to_query())
