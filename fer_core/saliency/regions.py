"""Regions of a face in FER-2013's frame, drawn around the landmarks of `artifacts/frame.json`."""

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Frame
from fer_core.emotions import SIDE

REGIONS = ("the rest", "brows", "eyes", "nose", "mouth")
"""Names in the order of the codes 0 to 4."""


def _oval(x0: float, y0: float, across: float, down: float) -> NDArray[np.bool_]:
    """Return the pixels within an ellipse of half axes `across` and `down` around (x0, y0): bool [48,48]."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    inside: NDArray[np.bool_] = ((x - x0) / across) ** 2 + ((y - y0) / down) ** 2 <= 1
    return inside


def face_regions(frame: Frame) -> NDArray[np.int64]:
    """Return the region of each pixel, codes as in `REGIONS`: int64 [48,48].

    Landmarks are medians, and single faces lie a pixel or two beside them, so regions are generous: eyes are 0.52 of
    the distance between them wide, brows begin at the upper edge of the eyes, the nose reaches from between the eyes to
    below its tip, the mouth a quarter beyond its corners.
    """
    left, right, nose, left_corner, right_corner = frame.landmarks
    apart = float(np.hypot(*(right - left)))
    mouth, width = (left_corner + right_corner) / 2, float(np.hypot(*(right_corner - left_corner)))
    bridge = (left + right) / 2
    out = np.zeros((SIDE, SIDE), np.int64)
    middle = (bridge + nose) / 2
    length = float(nose[1] - bridge[1])
    out[_oval(middle[0], middle[1] + 0.14 * apart, 0.24 * apart, length / 2 + 0.22 * apart)] = 3
    out[_oval(mouth[0], mouth[1], 0.75 * width, 0.27 * apart)] = 4
    for eye in (left, right):
        out[_oval(eye[0], eye[1] - 0.30 * apart, 0.36 * apart, 0.20 * apart)] = 1
    for eye in (left, right):
        out[_oval(eye[0], eye[1], 0.30 * apart, 0.17 * apart)] = 2
    return out
