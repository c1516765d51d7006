"""A photo in, every network's opinion and one answer out."""

import streamlit as st

from fer_core.reports.sentences import scheme
from ui.data import photos
from ui.data.artifacts import load
from ui.kit import answers
from ui.session import state
from ui.session.choice import default
from ui.try_a_face import controls, table, view


def render() -> None:
    """Draw the page."""
    loaded, choice = load(), state.get()
    state.restore_controls()
    st.title("Try a face", anchor=False)
    st.markdown("Upload photos and see what every network answers for each face. Photos stay in this session's memory.")
    if not photos.available():
        st.info(photos.WITHOUT, icon=":material/info:")
        st.stop()
    sources = controls.sources(loaded)
    with st.expander("How faces are found and answered"):
        controls.looks()
        prior = st.container()
    empty = choice.empty()
    setting = default(loaded.members).setting() if empty else choice.setting()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        why = f" ({empty[:-1].lower()})" if empty else ""
        st.caption(f"Answered by {scheme(setting)}{why}.")
        st.page_link("pages/ensemble.py", label="Choose others", icon=":material/tune:")
    with st.spinner("Looking", show_time=False):
        seen = photos.see(loaded, sources, choice.faces)
    prior.caption(answers.prior(photos.predictor(loaded).calibrated_ensemble.balance(setting, choice.faces.view)))
    at = table.table(loaded, seen, setting) if len(seen) > 1 else 0
    view.photo(loaded, seen[at], setting)
    if not seen[at].source.example:
        table.downloads(loaded, seen, setting)
