"""Photos of this visitor: read, looked at by every network, and kept in this session's memory until they are removed.

The networks need packages that the explorer does without, so they are imported by name when a photo is there.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Setting
from fer_core.errors import BadPhoto
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.session import cache
from ui.session.choice import FaceChoice

if TYPE_CHECKING:
    from fer_core.photo.framing import Framed
    from fer_core.photo.predict import Look, Predictor


NEEDED = ("torch", "torchvision", "safetensors", "PIL", "cv2", "facenet_pytorch")
WITHOUT = "Looking at photos needs PyTorch and a face detector: pip install -r requirements.txt"
PREVIEW = 1100
"""Longer side in pixels of what is kept of a photo to show it; the photo itself is let go."""
PHOTOS, DETECTORS = "photos", "own_detectors"
"""Where the session keeps what was seen in pictures, and the detectors that were asked for single ones."""


@dataclass(frozen=True)
class Source:
    """A picture that was put in: what to call it, its bytes, and whether it is one of the built-in mean faces."""

    name: str
    content: bytes
    example: bool = False

    @cached_property
    def key(self) -> str:
        """The SHA-256 of the bytes, computed once."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of a picture.

    preview : uint8 [h,w,3]; scale : preview pixels a photo pixel; size : width and height in the file
    faces : boxes in pixels of the photo; logits : float32 [M,F,7] of all members
    error : why it could not be read, one sentence; then all else is empty
    """

    source: Source
    look: FaceChoice
    preview: NDArray[np.uint8]
    scale: float
    size: tuple[int, int]
    faces: "tuple[Framed, ...]"
    logits: NDArray[np.float32]
    error: str = ""


def available() -> bool:
    """Tell whether everything that looks at photos is installed, without importing it."""
    return networks.installed(*NEEDED)


@st.cache_resource(show_spinner="Loading the networks", max_entries=2)
def _predictor(fingerprint: str, _artifacts: Artifacts) -> "Predictor":
    """Return the networks and all that answers need; every visitor shares them, and nobody changes them."""
    return networks.predict.Predictor(_artifacts)


def predictor(loaded: Loaded) -> "Predictor":
    """Return what looks at photos and answers, of these artifacts."""
    return _predictor(loaded.artifacts.fingerprint, loaded.artifacts)


def example(loaded: Loaded, emotion: str) -> Source:
    """Return the mean Training face of an emotion, or of all, as a picture."""
    image = networks.Image.fromarray(loaded.artifacts.mean_faces()[(*EMOTIONS, "all").index(emotion)])
    content = io.BytesIO()
    image.save(content, "PNG")
    return Source(
        "the mean face of all images" if emotion == "all" else f"the mean {emotion} face", content.getvalue(), True
    )


def _look(loaded: Loaded, source: Source, wanted: FaceChoice) -> Seen:
    nothing = np.empty((0, 0, 3), np.uint8)
    try:
        photo = networks.decode.decode(source.content, name=source.name)
    except BadPhoto as error:
        return Seen(source, wanted, nothing, 1.0, (0, 0), (), np.empty((0, 0, 0), np.float32), str(error))
    looked = predictor(loaded).look(photo, look_of(wanted))
    height, width = photo.rgb.shape[:2]
    scale = min(1.0, PREVIEW / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = networks.cv2.resize(photo.rgb, size, interpolation=networks.cv2.INTER_AREA) if scale < 1 else photo.rgb
    preview = np.asarray(smaller, np.uint8)
    return Seen(source, wanted, preview, scale, photo.size, looked.faces, looked.logits)


def see(
    loaded: Loaded, sources: Sequence[Source], wanted: FaceChoice, advance: Callable[[int], None] = lambda done: None
) -> list[Seen]:
    """Look at pictures, each once however often the page runs; pictures that are no longer there are forgotten.

    wanted : how; a picture for which somebody asked for another detector keeps that
    """
    before: dict[tuple[str, str, FaceChoice], Seen] = st.session_state.get(PHOTOS, {})
    now: dict[tuple[str, str, FaceChoice], Seen] = {}
    for done, source in enumerate(sources, 1):
        detector = "whole" if source.example else own_detectors().get(source.key, wanted.detector)
        look = replace(wanted, detector=detector, example="")
        key = (source.name, source.key, replace(look, balanced=False))
        if key not in now:
            # What is made of the answers needs no new look.
            now[key] = replace(before[key], look=look) if key in before else _look(loaded, source, look)
        advance(done)
    cache.put_anew(PHOTOS, now)
    _forget_others(now.values())
    return list(now.values())


def look_of(choice: FaceChoice) -> "Look":
    """Return what is chosen on the page as the library's own `Look`."""
    return networks.predict.Look(choice.detector, choice.small, choice.illumination, choice.view, choice.balanced)


def answers(loaded: Loaded, seen: Seen, setting: Setting, *, face: int | None = None) -> list[Answer]:
    """Return what a setting says of the faces of a picture, or of one, with the confidence that each deserves."""
    if not seen.faces:
        return []
    at = slice(None) if face is None else slice(face, face + 1)
    spoilt = [framed.spoilt for framed in seen.faces[at]]
    look, calibrated_ensemble = seen.look, predictor(loaded).calibrated_ensemble
    return calibrated_ensemble.answers(setting, look.view, seen.logits[:, at], spoilt=spoilt, balance=look.balanced)


def seen() -> list[Seen]:
    """Return what is kept of the photos that the visitor put in; the built-in faces are none."""
    found: dict[Any, Seen] = st.session_state.get(PHOTOS, {})
    return [one for one in list(found.values()) if not one.source.example]


def forget(gone: Callable[[Source], bool]) -> None:
    """Let go of everything that was made of some pictures: previews, faces, answers and maps."""
    found: dict[Any, Seen] = st.session_state.get(PHOTOS, {})
    left = {key: one for key, one in found.items() if not gone(one.source)}
    cache.put_anew(PHOTOS, left)
    _forget_others(left.values())


def _forget_others(left: Iterable[Seen]) -> None:
    """Let go of maps, answers and wishes that belong to no picture that is still here."""
    left = list(left)
    faces = {cache.digest(framed.image) for one in left if not one.source.example for framed in one.faces}
    cache.forget_faces(faces)
    keys = {one.source.key for one in left}
    for key in [key for key in own_detectors() if key not in keys]:
        del own_detectors()[key]


def own_detectors() -> dict[str, str]:
    """Return the detectors that were asked for single pictures, by the SHA-256 of their bytes."""
    found: dict[str, str] = st.session_state.setdefault(DETECTORS, {})
    return found
