"""The end of a visit: what the server holds of it goes soon after its page is closed, not when somebody else leaves."""

import asyncio
from contextlib import suppress

import streamlit as st
from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.session.garbage import collect


def ends_on_time() -> None:
    """Let the server forget this visit once its page was closed and did not come back; called once a run."""
    _connected()


def _disconnected(session_id: str) -> None:
    """Look whether this visit is over as soon as it can be; Streamlit calls it when the connection breaks.

    Streamlit drops a stored visit only when it stores another one, which on a quiet server may be never.
    """
    with suppress(RuntimeError, AttributeError):  # of no server, of no loop, of another version of Streamlit
        manager = runtime.get_instance()._session_mgr
        found = manager.get_session_info(session_id)
        if found is not None:
            wait = manager._session_storage._cache.ttl + 1  # type: ignore[attr-defined]
            asyncio.get_running_loop().call_later(wait, _forget, found.session)


def _forget(session: AppSession) -> None:
    """Empty a visit that nobody can come back to.

    Letting go of it is not enough: the server's own loop holds the visit that it wrote to last until it writes again.
    """
    with suppress(RuntimeError, AttributeError):
        if runtime.get_instance()._session_mgr.get_session_info(session.id) is None:
            session.shutdown()
            session.session_state.clear()
    collect()  # a visit is a cycle of objects


@st.cache_resource(scope="session", on_release=_disconnected, show_spinner=False)
def _connected() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id
