"""The link to what is shown, on every page, and what it cannot carry."""

from urllib.parse import quote, urlencode

import streamlit as st

from ui.kit import photos_panel
from ui.kit.markdown import plain
from ui.session import state, uploads

WITH_PHOTOS = ("try_a_face", "saliency")
"""Pages that show photos which somebody put in."""


def link() -> str:
    """Return the address of the present page with everything that was chosen."""
    base = (st.context.url or "").split("?")[0]
    query = state.query() | ({state.PHOTOS: str(photos_here())} if photos_here() else {})
    return f"{base}?{urlencode(query, safe=',~', quote_via=quote)}"


def photos_here() -> int:
    """Return how many photos the visitor has put in."""
    return len(photos_panel.here())


def not_carried() -> str:
    """Say what a link leaves out; nothing where it leaves nothing out."""
    left = [f"**{plain(extra.file)}**, which it names" for extra in uploads.shown()]
    left += [f"{_photos(photos_here(), 'your')}, which it counts"] if photos_here() else []
    return f"It does not carry {' and '.join(left)}." if left else ""


def _photos(count: int, whose: str = "") -> str:
    if count == 1:
        return f"{whose or 'a'} photo"
    return f"{whose} {count} photos".strip()


def copy_link() -> None:
    """Draw the button that shows the link."""
    with st.popover("Copy link", icon=":material/link:"):
        st.caption(f"This link restores everything, on every page. {not_carried()}")
        st.code(link(), language=None, wrap_lines=True)


def notice(page: str) -> None:
    """Say what the link spoke of and is not here: files on any page, photos where they would be seen."""
    names, missing = state.waiting(), 0 if photos_here() or page not in WITH_PHOTOS else state.photos_elsewhere()
    if missing:
        st.info(
            f"This link was made with {_photos(missing)}, which a link does not carry: add "
            f"{'it' if missing == 1 else 'them'} on the page Try a face.",
            icon=":material/photo_camera:",
        )
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="own_waiting"):
        listed = " and ".join(f"**{plain(name)}**" for name in names)
        st.info(
            f"This link was made with {listed}, which a link cannot carry. Upload the file under “Your own models” on "
            f"the page Ensemble to see what it shows.",
            icon=":material/upload_file:",
        )
        st.button("Go on without", on_click=state.wait_no_more, key="own_go_on")
