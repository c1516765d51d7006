"""The frame around every page: navigation, title, style."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui import state

ICON = Path(__file__).parent / "icon.svg"


def navigation() -> StreamlitPage:
    """Declare all pages and return the one that was asked for."""
    return st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/ensemble.py", title="Ensemble", icon=":material/tune:", url_path="ensemble"),
            st.Page("pages/members.py", title="Members", icon=":material/account_tree:", url_path="members"),
        ],
        position="top",
    )


def ensure() -> None:
    """Start over from the entry if a page runs by itself.

    Streamlit takes `pages/` for pages of the old kind until `st.navigation` was called once, so the first visitor of a
    fresh server who opens a link to a page gets that page without its frame.
    """
    if not state.started():
        navigation()
        st.rerun()
