"""Faces spoilt as photos spoil them, at strengths that are known: what doubts and lowered confidence are fitted on."""

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fer_core.emotions import SIDE

Face = NDArray[np.uint8]
Spoil = Callable[[Face, np.random.RandomState], Face]

PARTS = {
    "mouth": (slice(26, 48), slice(0, 48)),
    "eyes": (slice(12, 25), slice(0, 48)),
    "camera": (slice(8, 38), slice(8, 40)),
    "half": (slice(0, 48), slice(0, 22)),
}
"""Parts of the frame that are covered."""


def blurred(sigma: float) -> Spoil:
    """Blur by a Gaussian of so many pixels of the frame."""
    return lambda face, rng: np.asarray(cv2.GaussianBlur(face, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def noisy(sigma: float) -> Spoil:
    """Add Gaussian noise of so many grey levels."""
    return lambda face, rng: np.clip(face + rng.normal(0, sigma, face.shape), 0, 255).astype(np.uint8)


def reduced(side: int) -> Spoil:
    """Reduce to so many pixels, and enlarge again."""

    def spoil(face: Face, rng: np.random.RandomState) -> Face:
        small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))

    return spoil


def covered(name: str) -> Spoil:
    """Cover a part with something smooth: one grey that varies slowly, and a little noise."""

    def spoil(face: Face, rng: np.random.RandomState) -> Face:
        slow = cv2.resize(rng.normal(0, 12, (4, 4)).astype(np.float32), face.shape, interpolation=cv2.INTER_CUBIC)
        cover = rng.randint(20, 236) + slow + rng.normal(0, 2, face.shape)
        out = face.copy()
        out[PARTS[name]] = np.clip(cover, 0, 255).astype(np.uint8)[PARTS[name]]
        return out

    return spoil


def compressed(face: Face, *, enlarged: int, quality: int) -> Face:
    """Return a face as a photo shows it: enlarged so many times, and compressed as JPEG of a quality."""
    side = SIDE * enlarged
    content = io.BytesIO()
    Image.fromarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)).save(
        content, "JPEG", quality=quality
    )
    with Image.open(content) as picture:
        return np.asarray(picture)


SPOILT: dict[str, Spoil] = {
    **{f"blur {sigma}": blurred(sigma) for sigma in (1.0, 1.5, 2.0, 3.4)},
    **{f"noise {sigma}": noisy(sigma) for sigma in (5, 10, 20, 40)},
    **{f"{side} pixels": reduced(side) for side in (24, 16, 12)},
    **{f"{name} covered": covered(name) for name in PARTS},
}
"""Every way, by what a table calls it."""

QUALITIES, ENLARGED = (95, 75, 50, 30, 15, 8), (1, 2, 3, 4)
"""JPEG's qualities, and how many times faces are enlarged before they are compressed."""

FITTED, FACES = ("blur 1.5", "blur 2.0", "noise 10", "noise 20", "16 pixels", "12 pixels", "mouth covered"), 420
"""The ways in which faces are spoilt, in turn, to fit the confidence on, and how many faces: strong enough for a doubt,
and not so strong that nothing is left of the face."""
