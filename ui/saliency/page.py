"""What each network looks at, in one face and on average, and how far such maps can be believed."""

import streamlit as st

from ui.data.artifacts import load
from ui.saliency import fidelity, mean_faces, view
from ui.session import state


def render() -> None:
    """Draw the page."""
    loaded = load()
    state.restore_controls()
    st.title("What each network looks at", anchor=False)
    st.markdown("See which pixels of a face move each network's answer, and check whether to believe the map.")
    page = view.choose(loaded, state.get())
    closer = st.container()
    mean_faces.section(loaded)
    fidelity.section(loaded)
    if page is not None:  # last, since maps of one face may take some seconds and the rest is there at once
        view.explain(loaded, page, closer)
