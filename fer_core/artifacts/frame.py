"""frame.json: where FER-2013 puts eyes, nose and mouth, and the boxes of detectors, in its 48x48 frame."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import SIDE
from fer_core.errors import ArtifactDamaged

FRAME = "frame.json"
LANDMARKS = ("left eye", "right eye", "nose", "left corner of the mouth", "right corner of the mouth")
"""Left and right as seen in the picture."""


@dataclass(frozen=True, eq=False)
class Frame:
    """How FER-2013 frames a face, in pixels of its 48x48 frame; (0, 0) is the corner of the first one.

    landmarks, spread : float64 [5,2], medians and half the distance between the quartiles
    boxes : by the name of a detector, the median box (left, top, right, bottom)
    images : Training images looked at; found : in how many of them each detector found one face
    """

    landmarks: NDArray[np.float64]
    spread: NDArray[np.float64]
    boxes: Mapping[str, tuple[float, float, float, float]]
    images: int
    found: Mapping[str, int]

    def to_json(self) -> str:
        """Return the frame as text, to a hundredth of a pixel."""
        pairs = zip(LANDMARKS, self.landmarks, self.spread, strict=True)
        content = {
            "side": SIDE,
            "images": self.images,
            "found": dict(self.found),
            "landmarks": {
                name: {"median": np.round(at, 2).tolist(), "spread": np.round(off, 2).tolist()}
                for name, at, off in pairs
            },
            "boxes": {name: [round(float(edge), 2) for edge in box] for name, box in self.boxes.items()},
        }
        return json.dumps(content, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: bytes, *, where: str) -> "Frame":
        """Read a frame; unknown keys are ignored.  Raises ArtifactDamaged, naming `where`."""
        try:
            found = json.loads(text)
            marks = [found["landmarks"][name] for name in LANDMARKS]
            frame = cls(
                landmarks=_numbers([mark["median"] for mark in marks], (len(LANDMARKS), 2)),
                spread=_numbers([mark["spread"] for mark in marks], (len(LANDMARKS), 2)),
                boxes={str(name): _box(box) for name, box in found["boxes"].items()},
                images=int(found["images"]),
                found={str(name): int(count) for name, count in found["found"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ArtifactDamaged(f"{where} does not say where FER-2013 puts a face.") from error
        return frame


def _numbers(values: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("expected finite numbers")
    return array


def _box(values: Any) -> tuple[float, float, float, float]:
    left, top, right, bottom = map(float, _numbers(values, (4,)))
    if not (left < right and top < bottom):
        raise ValueError("expected left, top, right and bottom of a box")
    return left, top, right, bottom
