"""The frame around every page: navigation, title, style."""

from pathlib import Path

# Plotly and Streamlit use pandas once it is in `sys.modules`, where it is from the moment another visitor's thread
# begins to import it; here every thread waits until it is whole.
import pandas  # noqa: F401
import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.navigation.page import StreamlitPage

from ui.session import controls, state

ICON = Path(__file__).parent / "icon.svg"
LINK_OF_THEIR_OWN = ("ensemble", "lesson")
"""Pages that draw the link themselves, beside what else can be taken home."""
OWN = ("ensemble", "gain", "diversity", "votes", "confidence", "labels", "schemes")
"""Pages that show members of the visitor's own beside those of the artifacts; others need networks."""


def navigation() -> StreamlitPage:
    """Declare all pages and return the one that was asked for."""
    first = st.Page("pages/home.py", title="Home", icon=":material/home:", default=True)
    return st.navigation(
        {
            "": [
                first,
                _page("lesson", "Lesson", "school"),
                _page("ensemble", "Ensemble", "tune"),
                _page("try_a_face", "Try a face", "face"),
                _page("saliency", "Saliency", "visibility"),
                _page("members", "Members", "account_tree"),
                _page("limits", "Limits", "rule"),
            ],
            "Laboratory": [
                _page("gain", "Why it gains", "trending_up"),
                _page("diversity", "Who adds what", "diversity_3"),
                _page("votes", "Rescued and broken", "how_to_vote"),
                _page("confidence", "How sure", "speed"),
                _page("labels", "Labels and crowd", "groups"),
                _page("schemes", "All schemes", "table_rows"),
            ],
        },
        position="top",
    )


def _page(name: str, title: str, icon: str) -> StreamlitPage:
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", url_path=name)


def page_config() -> None:
    """Name the page, before anything is drawn."""
    st.set_page_config(page_title="FER ensemble explorer", page_icon=str(ICON), layout="wide")


def keep_uploads_in_memory() -> None:
    """Let the web server under Streamlit hold whole uploads in memory.

    It would else put what is larger than a megabyte into a temporary file.  The server's own limit of an upload bounds
    what is held.
    """
    MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20


def echo(page: StreamlitPage) -> None:
    """Let the browser tell when it has set the controls of a page; Ensemble does so before its figures."""
    if page.url_path != "ensemble":
        controls.echo()


def ensure() -> None:
    """Start over from the entry if a page runs by itself.

    Streamlit takes `pages/` for pages of the old kind until `st.navigation` was called once, so the first visitor of a
    fresh server who opens a link to a page gets that page without its frame.
    """
    if not state.started():
        page_config()  # without the icon the browser would ask a foreign host for one
        navigation()
        st.rerun()
