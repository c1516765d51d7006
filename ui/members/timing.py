"""How long a member takes for one face on this machine."""

import streamlit as st

from fer_core.artifacts import Artifacts
from fer_core.errors import FerError
from ui.data.artifacts import Loaded
from ui.data.latency import WITHOUT, available, timed

RESULTS = "latencies"


def measure(artifacts: Artifacts, name: str) -> str:
    """Time a member and say what came out, or why nothing did."""
    try:
        found = timed(artifacts, name)
    except FerError as error:
        return str(error)
    threads = f"{found.threads} thread{'s' if found.threads != 1 else ''}"
    return (
        f"**{found.median:.1f} ms** for one face, one view (median of {found.runs}; "
        f"95th percentile {found.p95:.1f} ms; {threads})"
    )


def latency(loaded: Loaded, name: str) -> None:
    """Draw the button and, below it, what the last click in this session found."""
    artifacts = loaded.artifacts
    results: dict[tuple[str, str], str] = st.session_state.setdefault(RESULTS, {})
    key, able = (artifacts.fingerprint, name), available()
    if st.button(
        "Time it on this machine",
        key=f"latency_{name}",
        icon=":material/timer:",
        disabled=not able,
        help=None if able else WITHOUT,
    ):
        with st.spinner("Timing", show_time=False):
            results[key] = measure(artifacts, name)
    with st.container(key=f"timing_{name}"):
        st.caption(results.get(key, "Not timed yet." if able else WITHOUT))
