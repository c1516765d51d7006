"""What a page shows where something fails that nobody foresaw: a sentence and a way on, with the details in the log."""

import logging
import secrets

import streamlit as st

from ui.kit import photos_panel
from ui.kit.markdown import plain
from ui.session import state, uploads

LOG = logging.getLogger("fer_explorer")
UNFORESEEN = "This page could not be drawn because of an unexpected error."


def developing() -> bool:
    """Tell whether failures are to be drawn on the page with all their details, as Streamlit does for a developer."""
    return bool(st.get_option("client.showErrorDetails") == "full")


def logged() -> str:
    """Write the exception that is being handled into the server's log; return the sentence that says where."""
    if developing():
        raise
    number = secrets.token_hex(3)
    LOG.exception("Unexpected error %s", number)
    return f"The details are in the server's log under {number}."


def unforeseen() -> None:
    """Say that the page failed, and draw what can be done; called where the exception is handled."""
    where = logged()
    files, held = uploads.extras(), photos_panel.here()
    brought = "Your uploads may be the reason. Remove them to get the page back. " if files or held else ""
    with st.container(key="unforeseen"):
        st.warning(f"{UNFORESEEN} {brought}{where}", icon=":material/warning:")
        with st.container(horizontal=True, gap="small"):
            for extra in files:
                name = plain(extra.file)
                st.button(
                    f"Remove {name}", key=f"unforeseen_{extra.sha256[:8]}", on_click=uploads.remove, args=(extra.file,)
                )
            if held:
                st.button("Remove photos", key="unforeseen_photos", on_click=photos_panel.remove_all)
            st.button("Start over", key="unforeseen_start", on_click=state.start_over, help="Clears every choice")
