"""The frame around every page: navigation, title, style."""

from pathlib import Path

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.navigation.page import StreamlitPage

from ui import state

ICON = Path(__file__).parent / "icon.svg"


def navigation() -> StreamlitPage:
    """Declare all pages and return the one that was asked for."""
    return st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/ensemble.py", title="Ensemble", icon=":material/tune:", url_path="ensemble"),
            st.Page("pages/try_a_face.py", title="Try a face", icon=":material/face:", url_path="try_a_face"),
            st.Page("pages/saliency.py", title="Saliency", icon=":material/visibility:", url_path="saliency"),
            st.Page("pages/members.py", title="Members", icon=":material/account_tree:", url_path="members"),
            st.Page("pages/limits.py", title="Limits", icon=":material/rule:", url_path="limits"),
        ],
        position="top",
    )


def page_config() -> None:
    """Name the page, before anything is drawn."""
    st.set_page_config(page_title="FER ensemble explorer", page_icon=str(ICON), layout="wide")


def keep_uploads_in_memory() -> None:
    """Let the web server under Streamlit hold whole uploads in memory.

    It would else put what is larger than a megabyte into a temporary file.  The server's own limit of an upload bounds
    what is held.
    """
    MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20


def ensure() -> None:
    """Start over from the entry if a page runs by itself.

    Streamlit takes `pages/` for pages of the old kind until `st.navigation` was called once, so the first visitor of a
    fresh server who opens a link to a page gets that page without its frame.
    """
    if not state.started():
        page_config()  # without the icon the browser would ask a foreign host for one
        navigation()
        st.rerun()
