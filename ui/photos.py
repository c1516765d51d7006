"""Photos of this visitor: read, looked at by every network, and kept in this session's memory until they are removed.

The networks need packages that the explorer does without, so they are imported by name when a photo is there.
"""

import hashlib
import importlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.errors import BadPhoto
from ui.choice import FaceChoice
from ui.load import Loaded

NEEDED = ("torch", "torchvision", "safetensors", "PIL", "cv2", "facenet_pytorch")
WITHOUT = "Looking at photos needs PyTorch and a face detector: pip install -r requirements.txt"
PREVIEW = 1100
"""Longer side in pixels of what is kept of a photo to show it; the photo itself is let go."""
PHOTOS = "photos"


@dataclass(frozen=True)
class Source:
    """A picture that was put in: what to call it, its bytes, and whether it is one of the built-in mean faces."""

    name: str
    content: bytes
    example: bool = False

    @property
    def key(self) -> str:
        """Return the SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of a picture.

    preview : uint8 [h,w,3]; scale : preview pixels a photo pixel; size : width and height in the file
    faces : `fer_core.faces.framed.Framed`, boxes in pixels of the photo; logits : float32 [M,F,7] of all members
    error : why it could not be read, one sentence; then all else is empty
    """

    source: Source
    look: FaceChoice
    preview: NDArray[np.uint8]
    scale: float
    size: tuple[int, int]
    faces: tuple[Any, ...]
    logits: NDArray[np.float32]
    error: str = ""


def available() -> bool:
    """Tell whether everything that looks at photos is installed, without importing it."""
    return all(find_spec(name) is not None for name in NEEDED)


@st.cache_resource(show_spinner="Loading the networks", max_entries=2)
def _predictor(fingerprint: str, _artifacts: Artifacts) -> Any:
    """Return the networks and all that answers need; every visitor shares them, and nobody changes them."""
    return importlib.import_module("fer_core.predict").Predictor(_artifacts)


def predictor(loaded: Loaded) -> Any:
    """Return the `fer_core.predict.Predictor` of the artifacts."""
    return _predictor(loaded.artifacts.fingerprint, loaded.artifacts)


def example(loaded: Loaded, emotion: str) -> Source:
    """Return the mean Training face of an emotion, or of all, as a picture."""
    image = importlib.import_module("PIL.Image").fromarray(
        loaded.artifacts.mean_faces()[(*EMOTIONS, "all").index(emotion)]
    )
    content = io.BytesIO()
    image.save(content, "PNG")
    return Source(
        "the mean face of all images" if emotion == "all" else f"the mean {emotion} face", content.getvalue(), True
    )


def _look(loaded: Loaded, source: Source, wanted: FaceChoice) -> Seen:
    nothing = np.empty((0, 0, 3), np.uint8)
    try:
        photo = importlib.import_module("fer_core.faces.decode").decode(source.content, name=source.name)
    except BadPhoto as error:
        return Seen(source, wanted, nothing, 1.0, (0, 0), (), np.empty((0, 0, 0), np.float32), str(error))
    look = importlib.import_module("fer_core.predict").Look(
        wanted.detector, wanted.small, wanted.illumination, wanted.view
    )
    looked = predictor(loaded).look(photo, look)
    height, width = photo.rgb.shape[:2]
    scale = min(1.0, PREVIEW / max(height, width))
    cv2 = importlib.import_module("cv2")
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    preview = cv2.resize(photo.rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else photo.rgb
    return Seen(source, wanted, preview, scale, photo.size, looked.faces, looked.logits)


def see(
    loaded: Loaded, sources: Sequence[Source], wanted: FaceChoice, advance: Callable[[int], None] = lambda done: None
) -> list[Seen]:
    """Look at pictures, each once however often the page runs; pictures that are no longer there are forgotten.

    wanted : how; a picture for which somebody asked for another detector keeps that
    """
    kept: dict[tuple[str, str, FaceChoice], Seen] = st.session_state.get(PHOTOS, {})
    now: dict[tuple[str, str, FaceChoice], Seen] = {}
    for done, source in enumerate(sources, 1):
        detector = "whole" if source.example else own_detectors().get(source.key, wanted.detector)
        key = (source.name, source.key, replace(wanted, detector=detector, example=""))
        if key not in now:
            now[key] = kept[key] if key in kept else _look(loaded, source, key[2])
        advance(done)
    st.session_state[PHOTOS] = now
    return list(now.values())


def own_detectors() -> dict[str, str]:
    """Return the detectors that were asked for single pictures, by the SHA-256 of their bytes."""
    found: dict[str, str] = st.session_state.setdefault("own_detectors", {})
    return found
