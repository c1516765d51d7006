"""What can be taken home of maps: a picture of all of them, and their numbers."""

import io
import json
from dataclasses import asdict

import numpy as np
import streamlit as st

from fer_core.emotions import EMOTIONS
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.saliency import wording
from ui.saliency.choice import ENSEMBLE, SaliencyChoice
from ui.saliency.data import Maps, Wanted


def png(wanted: Wanted, maps: Maps, strength: float) -> bytes:
    """Return all maps as one picture."""
    titles = [f"{_name(name)}\n{wording.says(found)}" for name, found in maps.found.items()]
    sheet = networks.maps.sheet
    picture = sheet(wanted.face.image, titles, _values(maps), scale=maps.scale, signed=wanted.signed, strength=strength)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def npz(loaded: Loaded, wanted: Wanted, maps: Maps) -> bytes:
    """Return all maps as arrays, with what they explain and how they were made."""
    found = list(maps.found.values())
    content = io.BytesIO()
    np.savez_compressed(
        content,
        face=wanted.face.image,
        subjects=np.array(list(maps.found)),
        maps=_values(maps),
        direction=np.array([one.direction[0] for one in found]),
        explained=np.array([one.explained[0] for one in found]),
        probabilities=np.array([one.probabilities[0] for one in found]),
        classes=np.array(EMOTIONS),
        method=np.array(wanted.method),
        arguments=np.array(json.dumps({name: asdict(wanted.arguments)[name] for name in wanted.entry.uses})),
        artifacts=np.array(loaded.artifacts.fingerprint),
    )
    return content.getvalue()


def downloads(loaded: Loaded, wanted: Wanted, maps: Maps, choice: SaliencyChoice) -> None:
    """Draw the downloads, if there is a map."""
    if not maps.found:
        return
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Maps, PNG",
            data=lambda: png(wanted, maps, choice.strength),
            file_name=f"{wanted.method}.png",
            mime="image/png",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Maps, NPZ",
            data=lambda: npz(loaded, wanted, maps),
            file_name=f"{wanted.method}.npz",
            mime="application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
        )


def _name(name: str) -> str:
    return "the ensemble" if name == ENSEMBLE else name


def _values(maps: Maps) -> np.ndarray:
    return np.array([one.values[0] for one in maps.found.values()], np.float32)
