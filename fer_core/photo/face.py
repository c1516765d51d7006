"""A face in a photo: where it is, and what about it should make one doubt the answer."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import SIDE

TILTED, TURNED, OUTSIDE, UNSURE = 20.0, 0.25, 0.1, 0.95
"""Degrees of tilt, distance of the nose from the middle of the eyes in eye distances, share of the box outside the
photo, and the detector's probability, from which a face is flagged."""

FEW = 9
"""Windows of a Haar cascade below which nearly every second box is no face (docs/photos.md)."""

LYING = 60.0
"""Degrees of tilt from which it is rather the photo that is turned than the head."""

CONVINCING, MOUTH = 0.99, (0.5, 1.8)
"""The detector's probability, and how far the mouth lies below the eyes in eye distances, of a face that is upright
without doubt.  On faces upside down MTCNN finds an upright one with up to 0.98 (docs/photos.md)."""


@dataclass(frozen=True, eq=False)
class Face:
    """One face, in pixels of the photo; x runs right, y down, and (0, 0) is the corner of the first pixel.

    box : left, top, right, bottom; may reach outside the photo
    detector : name of who found it; probability : the detector's, None if it gives none
    landmarks : float64 [5,2], the left eye (as seen), right eye, nose, left and right corner of the mouth; or None
    tilt : degrees by which the line of the eyes falls to the right, None where no eyes were found
    windows : how many overlapping windows a cascade took for this face, its only score; None for other detectors
    """

    box: tuple[float, float, float, float]
    detector: str
    probability: float | None = None
    landmarks: NDArray[np.float64] | None = None
    tilt: float | None = None
    windows: int | None = None

    @property
    def side(self) -> float:
        """Return the geometric mean of the box's width and height in pixels."""
        left, top, right, bottom = self.box
        return math.sqrt((right - left) * (bottom - top))

    @cached_property
    def turn(self) -> float | None:
        """Return how far the nose stands beside the middle of the eyes, in distances between the eyes."""
        if self.landmarks is None:
            return None
        left, right, nose = self.landmarks[:3]
        eyes = right - left
        distance = float(eyes @ eyes)
        return abs(float((nose - (left + right) / 2) @ eyes)) / distance if distance else None

    @property
    def convincing(self) -> bool:
        """Whether the face stands upright without doubt: by the detector's probability and where its landmarks lie."""
        if self.landmarks is None or self.probability is None:
            return False
        left, right, _, *mouth = self.landmarks
        eyes = right - left
        distance = float(eyes @ eyes)
        if not distance or self.probability < CONVINCING or abs(self.tilt or 0.0) >= LYING:
            return False
        down = (mouth[0] + mouth[1] - left - right) / 2
        return MOUTH[0] < float(eyes[0] * down[1] - eyes[1] * down[0]) / distance < MOUTH[1]

    def outside(self, width: int, height: int) -> float:
        """Return the share of the box that lies outside a photo of that size."""
        left, top, right, bottom = self.box
        inside = max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(bottom, height) - max(top, 0))
        return 1 - inside / ((right - left) * (bottom - top))

    def doubts(self, width: int, height: int) -> tuple[str, ...]:
        """Return why an answer for this face deserves less trust, a few words each; none for a good one."""
        found = []
        if self.side < SIDE:
            found.append(f"small: {self.side:.0f} pixels, the networks see {SIDE}")
        if self.tilt is not None and abs(self.tilt) >= LYING:
            found.append(f"turned by {abs(self.tilt):.0f}°, answered upright: turn the photo if this is wrong")
        elif self.tilt is not None and abs(self.tilt) >= TILTED:
            found.append(f"tilted by {abs(self.tilt):.0f}°")
        if self.turn is not None and self.turn >= TURNED:
            found.append("seen from the side")
        if self.outside(width, height) >= OUTSIDE:
            found.append("cut off by the edge")
        if self.probability is not None and self.probability < UNSURE:
            found.append(f"perhaps no face: the detector is {100 * self.probability:.0f}% sure")
        if self.windows is not None and self.windows < FEW:
            found.append(f"perhaps no face: only {self.windows} windows of the cascade agree")
        return tuple(found)


def tilt_of(left_eye: NDArray[np.float64], right_eye: NDArray[np.float64]) -> float:
    """Return by how many degrees the line from the left to the right eye falls."""
    across, down = right_eye - left_eye
    return math.degrees(math.atan2(down, across))


def middle(width: int, height: int) -> Face:
    """Return the largest square in the middle of a photo, taken for a face."""
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return Face((left, top, left + side, top + side), "whole")
