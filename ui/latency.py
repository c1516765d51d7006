"""How long one face takes members here: measured on a click, since it needs PyTorch, which the explorer does not."""

import importlib
from importlib.util import find_spec
from typing import Any

import streamlit as st

from fer_core.artifacts import Artifacts
from fer_core.errors import FerError
from ui.load import Loaded
from ui.look import weights_of

NEEDED = ("torch", "torchvision", "safetensors")
WITHOUT = "Timing needs PyTorch: pip install -r requirements.txt"
RESULTS = "latencies"


def available() -> bool:
    """Tell whether everything that runs a network is installed, without importing it."""
    return all(find_spec(name) is not None for name in NEEDED)


@st.cache_resource(show_spinner=False, max_entries=16)
def _member(sha256: str, name: str, _artifacts: Artifacts) -> Any:
    """Load a member; keyed by its weights.  All visitors share it, and nobody changes it."""
    # Imported by name at the click: a static import would make every visitor's server load torch.
    inference = importlib.import_module("fer_core.inference")
    return inference.load(_artifacts, name)


def _timed(artifacts: Artifacts, name: str) -> Any:
    member = _member(artifacts.manifest.files.get(weights_of(name), ""), name, artifacts)
    return importlib.import_module("fer_core.inference.latency").latency(member)


@st.cache_data(show_spinner="Timing the networks", max_entries=4)
def milliseconds(fingerprint: str, _artifacts: Artifacts) -> dict[str, float]:
    """Return the median time of one face, one view, by member, measured once for all visitors.

    Raises FerError for weights that cannot be used.
    """
    return {name: _timed(_artifacts, name).median for name in _artifacts.manifest.members}


def measure(artifacts: Artifacts, name: str) -> str:
    """Time a member and say what came out, or why nothing did."""
    try:
        found = _timed(artifacts, name)
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
