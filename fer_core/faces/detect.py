"""Finding the faces in a photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.faces.decode import grey
from fer_core.faces.face import Face, middle

LONGEST = 1600
"""Longer side in pixels to which a photo is reduced before faces are looked for."""

SHARE, LEAST = 1 / 15, 20
"""The smallest face looked for: this share of the photo's shorter side, and never below so many pixels."""


@dataclass(frozen=True)
class Detector:
    """One way to find faces.

    title, description : what a person reads
    find : photo `uint8 [H,W,3]` and smallest side in its pixels -> faces in its pixels, in no order
    """

    title: str
    description: str
    find: Callable[[NDArray[np.uint8], float], list[Face]]


def _mtcnn(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    from fer_core.faces import mtcnn

    return mtcnn.find(rgb[None], smallest=smallest)[0]


def _haar(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    from fer_core.faces import haar

    return haar.find(grey(rgb), smallest=smallest)


def _whole(rgb: NDArray[np.uint8], smallest: float) -> list[Face]:
    height, width = rgb.shape[:2]
    return [middle(width, height)]


DETECTORS: dict[str, Detector] = {
    "mtcnn": Detector(
        "MTCNN", "Three small networks: finds eyes, nose and mouth, so that a face is set upright.", _mtcnn
    ),
    "haar": Detector("Haar cascades", "Faster; for faces that look straight ahead.", _haar),
    "whole": Detector("The whole picture", "Looks for nothing: the middle of the picture is the face.", _whole),
}
"""Every detector by the name that links and the command line use."""


def detect(rgb: NDArray[np.uint8], *, detector: str = "mtcnn", small: bool = False) -> list[Face]:
    """Return all faces of a photo `uint8 [H,W,3]`, the largest first; an empty list where there is none.

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
    faces = [_scaled(face, across, down) for face in DETECTORS[detector].find(seen, smallest)]
    return sorted(faces, key=lambda face: (-face.side, face.box))


def _scaled(face: Face, across: float, down: float) -> Face:
    left, top, right, bottom = face.box
    marks = None if face.landmarks is None else face.landmarks * (across, down)
    return replace(face, box=(left * across, top * down, right * across, bottom * down), landmarks=marks)
