"""A photo in, every network's opinion and one answer out."""

import streamlit as st

from fer_core.sentences import scheme
from ui import face_input, face_table, face_view, frame, photos, state
from ui.choice import default
from ui.load import load

frame.ensure()
loaded, choice = load(), state.get()
state.restore_controls()
st.title("Try a face", anchor=False)
st.markdown(
    "Put in photos: every face is found, set as the networks learned faces, and shown to each of them. Photos stay in "
    "this session's memory."
)
if not photos.available():
    st.info(photos.WITHOUT, icon=":material/info:")
    st.stop()
sources = face_input.sources(loaded)
with st.expander("How faces are found and looked at"):
    face_input.looks()
empty = choice.empty()
setting = default(loaded.members).setting() if empty else choice.setting()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    why = f" ({empty[:-1].lower()})" if empty else ""
    st.caption(f"Answered by {scheme(setting)}{why}.")
    st.page_link("pages/ensemble.py", label="Choose others", icon=":material/tune:")
with st.spinner("Looking", show_time=False):
    seen = photos.see(loaded, sources, choice.faces)
at = face_table.table(loaded, seen, setting) if len(seen) > 1 else 0
face_view.photo(loaded, seen[at], setting)
if not seen[at].source.example:
    face_table.take_home(loaded, seen, setting)
