"""Finding the faces in a photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.photo.decode import grey
from fer_core.photo.face import CONVINCING, UNSURE, Face, middle, tilt_of

LONGEST = 1600
"""Longer side in pixels to which a photo is reduced before faces are looked for."""

SHARE, LEAST = 1 / 15, 20
"""The smallest face looked for: this share of the photo's shorter side, and never below so many pixels."""


SAME, TURNS = 0.3, (1, 2, 3)
"""Intersection over union from which two boxes are of one face, and the quarter turns that are tried."""


@dataclass(frozen=True)
class Detector:
    """One way to find faces.

    title, description : what a person reads; turns : whether a photo that does not convince is looked at turned, too
    find : photo `uint8 [H,W,3]` and smallest side in its pixels -> faces in its pixels, in no order
    """

    title: str
    description: str
    find: Callable[[NDArray[np.uint8], float], list[Face]]
    turns: bool = False


def _mtcnn(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    from fer_core.photo import mtcnn

    return mtcnn.find(rgb[None], smallest=smallest)[0]


def _haar(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    from fer_core.photo import haar

    return haar.find(grey(rgb), smallest=smallest)


def _whole(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    height, width = rgb.shape[:2]
    return [middle(width, height)]


DETECTORS: dict[str, Detector] = {
    "mtcnn": Detector(
        "MTCNN", "Three small networks: finds eyes, nose and mouth, so that a face is set upright.", _mtcnn, turns=True
    ),
    "haar": Detector("Haar cascades", "Faster; for faces that look straight ahead.", _haar),
    "whole": Detector("The whole picture", "No search: the middle of the picture is the face.", _whole),
}
"""Every detector by the name that links and the command line use."""


def detect(rgb: NDArray[np.uint8], *, detector: str = "mtcnn", small: bool = False) -> list[Face]:
    """Return all faces of a photo `uint8 [H,W,3]`, the largest first; an empty list where there is none.

    Where what is found in the photo as it is does not convince, it is looked at sideways and upside down, too; the
    landmarks, and so the tilt, of a face that is found there are those of the face and not of the photo.

    small : look for faces down to `LEAST` pixels of the photo as it is looked at, at most `LONGEST` on its longer side,
        which takes longer and finds more that is no face
    """
    if detector not in DETECTORS:
        raise ValueError(f"detector: expected one of {', '.join(DETECTORS)}, got {detector!r}")
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"rgb: expected uint8 [H,W,3], got {rgb.dtype} {list(rgb.shape)}")
    height, width = rgb.shape[:2]
    factor = min(1.0, LONGEST / max(height, width)) if detector != "whole" else 1.0
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        seen = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    else:
        seen = rgb
    smallest = LEAST if small else max(LEAST, SHARE * min(seen.shape[:2]))
    across, down = width / seen.shape[1], height / seen.shape[0]
    entry = DETECTORS[detector]
    found = entry.find(seen, smallest)
    if entry.turns and not (found and all(face.convincing for face in found)):
        found = _in_every_turn(entry, seen, smallest, found)
    faces = [_scaled(face, across, down) for face in found]
    return sorted(faces, key=lambda face: (-face.side, face.box))


def _in_every_turn(entry: Detector, rgb: NDArray[np.uint8], smallest: float, upright: list[Face]) -> list[Face]:
    """Return the faces of a photo in whichever of its four orientations the detector is surest of them.

    A face that is found in a turned photo alone counts where it would raise no doubt of being one.
    """
    height, width = rgb.shape[:2]
    turned = [
        _turned_back(face, turns, width, height)
        for turns in TURNS
        for face in entry.find(np.ascontiguousarray(np.rot90(rgb, turns)), smallest)
        if (face.probability or 0.0) >= CONVINCING or ((face.probability or 0.0) >= UNSURE and not upright)
    ]
    kept: list[Face] = []
    for face in sorted(turned, key=lambda face: -(face.probability or 0.0)):
        if not any(_overlap(face.box, other.box) >= SAME for other in kept):
            rivals = [other for other in upright if _overlap(face.box, other.box) >= SAME]
            if all((face.probability or 0.0) > (other.probability or 0.0) for other in rivals):
                kept.append(face)
    return kept + [face for face in upright if not any(_overlap(face.box, other.box) >= SAME for other in kept)]


def _turned_back(face: Face, turns: int, width: int, height: int) -> Face:
    """Return a face of a photo that was turned by quarters, against the clock, in pixels of the photo as it was."""

    def back(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points.T
        there = {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}[turns]
        return np.column_stack(there)

    corners = back(np.array([face.box[:2], face.box[2:]]))
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    marks = None if face.landmarks is None else back(face.landmarks)
    tilt = face.tilt if marks is None else tilt_of(marks[0], marks[1])
    return replace(face, box=(left, top, right, bottom), landmarks=marks, tilt=tilt)


def _overlap(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the intersection over union of two boxes."""
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (sum((b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)) - shared)


def _scaled(face: Face, across: float, down: float) -> Face:
    left, top, right, bottom = face.box
    marks = None if face.landmarks is None else face.landmarks * (across, down)
    return replace(face, box=(left * across, top * down, right * across, bottom * down), landmarks=marks)
