"""The link of a step, for a class and for a friend, as text and as a QR code."""

from html import escape
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from ui.lesson.choice import LessonChoice
from ui.session.address import is_loopback

SERVE = (
    "This address is this computer's own, so nobody else can open it. To serve a class, start the app with "
    "`--server.address 0.0.0.0` and open it here by this computer's name or number in the network."
)


def link(url: str | None, choice: LessonChoice) -> str:
    """Return the link that restores a choice at the address of the page; url : of any page of the app."""
    parts = urlsplit(url or "")
    above = parts.path.rstrip("/").rpartition("/")[0]
    base = f"{parts.scheme}://{parts.netloc}{above}" if parts.netloc else ""
    return f"{base}/lesson?{urlencode({'lesson': choice.step} | choice.to_query())}"


def for_class(choice: LessonChoice) -> LessonChoice:
    """Return the step without guesses and answers, so that every visitor guesses anew."""
    return LessonChoice(step=choice.step)


def is_local(url: str | None) -> bool:
    """Tell whether an address is one that only this machine can open."""
    return is_loopback(url) or urlsplit(url or "").hostname == "0.0.0.0"


@st.cache_data(show_spinner=False, max_entries=64)
def qr_image(text: str) -> str:
    """Return a QR code as an image of HTML, dark on white in any theme, with the margin that readers need."""
    code = segno.make(text, error="m", micro=False)
    picture = code.svg_data_uri(scale=4, border=4, dark="#000000", light="#ffffff")
    return f'<img class="fer-qr" src="{escape(picture)}" alt="QR code of {escape(text)}">'


def share(choice: LessonChoice) -> None:
    """Draw both links of the present step."""
    url = st.context.url
    anew, mine = link(url, for_class(choice)), link(url, choice)
    with st.popover("Share this step", icon=":material/qr_code_2:"):
        if is_local(url):
            st.caption(SERVE)
        st.markdown("**For a class**: this step, where everybody starts fresh")
        st.html(qr_image(anew))
        st.code(anew, language=None, wrap_lines=True)
        st.markdown("**With my answers**: the lesson as it stands here")
        st.code(mine, language=None, wrap_lines=True)
