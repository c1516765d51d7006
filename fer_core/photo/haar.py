"""Haar cascades: fast, no landmarks; the eyes, where they are found, give the tilt (Viola & Jones 2001)."""

import threading
from functools import cache
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.errors import DependencyMissing
from fer_core.photo.face import Face, tilt_of

_LOCK = threading.Lock()
"""A cascade keeps buffers of its own while it runs, so one caller at a time."""

STEEPEST = 30.0
"""Degrees beyond which a pair of eyes is taken for a mistake: the face cascade itself finds none so tilted."""


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    folder = getattr(cv2, "data", None)
    path = Path(folder.haarcascades) / f"haarcascade_{name}.xml" if folder else Path()
    if not path.is_file():
        raise DependencyMissing("the Haar cascades need OpenCV 4: pip install -r requirements.txt")
    return cv2.CascadeClassifier(str(path))


def find(grey: NDArray[np.uint8], *, smallest: float) -> list[Face]:
    """Return the faces in `uint8 [H,W]` whose side is at least about `smallest` pixels, in no order."""
    least = max(20, round(smallest))
    with _LOCK:
        boxes, agreeing = _cascade("frontalface_default").detectMultiScale2(grey, 1.1, 5, minSize=(least, least))
        return [_face(grey, *map(int, box), windows=int(n)) for box, n in zip(boxes, agreeing, strict=True)]


def _face(grey: NDArray[np.uint8], x: int, y: int, width: int, height: int, *, windows: int) -> Face:
    upper = grey[y : y + 6 * height // 10, x : x + width]
    least = max(8, width // 8)
    eyes = _cascade("eye").detectMultiScale(upper, 1.1, 4, minSize=(least, least))
    box = (float(x), float(y), float(x + width), float(y + height))
    tilt = _tilt(np.array(eyes, dtype=np.float64).reshape(-1, 4), width)
    return Face(box, "haar", tilt=tilt, windows=windows)


def _tilt(eyes: NDArray[np.float64], width: int) -> float | None:
    """Return the tilt of the most level pair of boxes that can be two eyes of one face; None without such a pair."""
    centres = eyes[:, :2] + eyes[:, 2:] / 2
    angles = []
    for a, b in combinations(centres, 2):
        left, right = (a, b) if a[0] < b[0] else (b, a)
        if 0.25 * width < right[0] - left[0] < 0.7 * width and left[0] < width / 2 < right[0]:
            angles.append(tilt_of(left, right))
    best = min(angles, key=abs, default=None)
    return best if best is not None and abs(best) <= STEEPEST else None
