"""How long one face takes members here: measured on a click, since it needs PyTorch, which the explorer does not."""

from typing import TYPE_CHECKING

import streamlit as st

from fer_core.artifacts import Artifacts
from ui.data import networks

if TYPE_CHECKING:
    from fer_core.inference.logits import Latency
    from fer_core.models.member import Member


NEEDED = ("torch", "torchvision", "safetensors")
WITHOUT = "Timing needs PyTorch: pip install -r requirements.txt"


def available() -> bool:
    """Tell whether everything that runs a network is installed, without importing it."""
    return networks.installed(*NEEDED)


@st.cache_resource(show_spinner=False, max_entries=16)
def _member(sha256: str, name: str, _artifacts: Artifacts) -> "Member":
    """Load a member; keyed by its weights.  All visitors share it, and nobody changes it."""
    return networks.inference.load(_artifacts, name)


def timed(artifacts: Artifacts, name: str) -> "Latency":
    """Time a member; raises FerError for weights that cannot be used."""
    member = _member(artifacts.manifest.files.get(weights_of(name), ""), name, artifacts)
    return networks.logits.latency(member)


@st.cache_data(show_spinner="Timing the networks", max_entries=4)
def milliseconds(fingerprint: str, _artifacts: Artifacts) -> dict[str, float]:
    """Return the median time of one face, one view, by member, measured once for all visitors.

    Raises FerError for weights that cannot be used.
    """
    return {name: timed(_artifacts, name).median for name in _artifacts.manifest.members}


def weights_of(name: str) -> str:
    """Return where a member's weights are among the artifacts."""
    return f"members/{name}/model.safetensors"
