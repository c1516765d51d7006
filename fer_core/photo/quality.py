"""How good the picture of a face is, and faces spoilt as photos spoil them, at strengths that are known.

Each is a number of the 48x48 image that networks see (compression: of the photo), with a threshold chosen on PublicTest
images spoilt in known ways.  `benchmarks/doubts.py` finds the thresholds again and says how many spoilt faces they
find; docs/photos.md holds its figures.  No network is asked, so that training one anew changes none of them.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fer_core.emotions import SIDE

GRID = 8
"""Pixels across a block of JPEG."""

COARSE = 2.5
"""Pixels of the frame from which a block of the photo's compression can be seen in it."""

_SECOND = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""What is left of an image without its edges and slopes (Immerkaer 1996, Fast noise variance estimation)."""

_TILE, _CALM, _TO_SIGMA = 4, 20, float(np.sqrt(np.pi / 2)) / 6
"""Pixels across a tile, the percentile of tiles that is taken for free of hair and wrinkles, and from mean to sigma."""

_BLANK, _STEEP = 5, 85
"""Slope in grey levels that is added, since a blank image has none anywhere; the percentile taken for steep places."""

EYES, MOUTH = (slice(13, 25), slice(8, 40)), (slice(30, 46), slice(10, 38))
"""Where the frame has the eyes with their brows, and the mouth with its surroundings."""

LEFT, RIGHT = (slice(8, 44), slice(6, 22)), (slice(8, 44), slice(26, 42))
"""Where the frame has the two halves of a face, without its rim and what is between them."""


def sharpness(image: NDArray[np.uint8]) -> float:
    """Return the share of an image's slopes that a blur by one pixel takes away (Crete et al. 2007); 0 to 1."""
    before = image.astype(np.float32)
    after = cv2.GaussianBlur(before, (0, 0), 1, borderType=cv2.BORDER_REFLECT)
    slopes = [np.abs(np.diff(one, axis=0)).mean() + np.abs(np.diff(one, axis=1)).mean() for one in (before, after)]
    return float(1 - slopes[1] / slopes[0]) if slopes[0] > 0 else 0.0


def grain(image: NDArray[np.uint8]) -> float:
    """Return the noise of an image's calmest parts, its standard deviation in grey levels."""
    left = np.abs(cv2.filter2D(image.astype(np.float32), -1, _SECOND))[1:-1, 1:-1]
    tiles = len(left) // _TILE
    calm = left[: tiles * _TILE, : tiles * _TILE].reshape(tiles, _TILE, tiles, _TILE).mean(axis=(1, 3))
    return float(np.percentile(calm, _CALM)) * _TO_SIGMA


def _slope(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.8, borderType=cv2.BORDER_REFLECT)
    return np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))


def detail(image: NDArray[np.uint8], part: tuple[slice, slice]) -> float:
    """Return how steep a part of an image is for the whole of it; near 0 where something smooth covers it."""
    slope = _slope(image)
    return float(np.median(slope[part]) / (np.median(slope) + _BLANK))


def halves(image: NDArray[np.uint8]) -> float:
    """Return how steep the steep places of one half of a face are for those of the other; near 0 if one is hidden."""
    slope = _slope(image)
    low, high = sorted(float(np.percentile(slope[half], _STEEP)) for half in (LEFT, RIGHT))
    return low / (high + _BLANK)


def blockiness(grey: NDArray[np.uint8]) -> float:
    """Return how much steeper `uint8 [h,w]` is along a grid of 8 pixels than beside it, for its mean slope.

    The grid may begin anywhere, for photos are turned and cut; it has to be there across and down.
    """
    found = []
    for pixels in (grey.astype(np.float32), grey.T.astype(np.float32)):
        slope = np.abs(np.diff(pixels, axis=1)).mean(axis=0)
        if len(slope) < 3 * GRID:
            return 0.0
        extra = slope[1:-1] - (slope[:-2] + slope[2:]) / 2
        by_phase = np.array([extra[phase::GRID].mean() for phase in range(GRID)])
        found.append(float(by_phase.max() - np.median(by_phase)) / (float(slope.mean()) + 1))
    return min(found)


@dataclass(frozen=True)
class Measure:
    """One number of the image; it is doubted at or below (`low`) or at or above the threshold."""

    of: Callable[[NDArray[np.uint8]], float]
    threshold: float
    low: bool
    doubt: str

    def doubted(self, value: float) -> bool:
        """Tell whether a value makes one doubt the answer."""
        return value <= self.threshold if self.low else value >= self.threshold


MEASURES: dict[str, Measure] = {
    "sharpness": Measure(sharpness, 0.155, True, "blurred"),
    "grain": Measure(grain, 4.4, False, "noisy"),
    "eyes": Measure(lambda image: detail(image, EYES), 0.59, True, "eyes perhaps covered"),
    "mouth": Measure(lambda image: detail(image, MOUTH), 0.58, True, "mouth perhaps covered"),
    "half": Measure(halves, 0.32, True, "one half perhaps covered"),
}
"""What is measured on the 48x48 image, by name."""

COVERS = ("eyes", "mouth", "half")
"""Those that tell of something before the face."""

COMPRESSED = Measure(blockiness, 0.5, False, "strongly compressed")
"""What is measured on the face's part of the photo."""


def spoilt_by(image: NDArray[np.uint8], part: NDArray[np.uint8]) -> tuple[str, ...]:
    """Return what is wrong with the picture of a face, a few words each.

    image : uint8 [48,48], before its light is evened out; part : uint8 [h,w], the face's box in the photo
    """
    doubted = [name for name, measure in MEASURES.items() if measure.doubted(measure.of(image))]
    # What is blurred is smooth all over, so that it tells nothing of covers.
    found = [MEASURES[name].doubt for name in doubted if "sharpness" not in doubted or name not in COVERS]
    side = float(np.sqrt(part.size))
    if part.size and GRID * SIDE / side >= COARSE and COMPRESSED.doubted(blockiness(part)):
        found.append(COMPRESSED.doubt)
    return tuple(found)


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
