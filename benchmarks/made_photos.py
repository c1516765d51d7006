"""Photos made of FER-2013's images, in memory alone: place, light and label of the face in them are known."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fer_core.emotions import SIDE

ENLARGED, TURNED, QUALITY, WIDTH = (3.0, 8.0), 25.0, (60, 95), (400.0, 640.0)
"""Times that a face is enlarged, degrees it is turned to either side, JPEG's quality, and pixels across the photo."""

RIM = 10
"""Pixels of the frame over which the repeated rim of a face fades into the background."""


@dataclass(frozen=True, eq=False)
class Made:
    """A photo's bytes and the truth: transform float64 [2,3] from the photo to the 48x48 frame, and what it is made of.

    (0, 0) is the corner of the first pixel; turned : degrees clockwise
    """

    content: bytes
    transform: NDArray[np.float64]
    enlarged: float
    turned: float


def make(image: NDArray[np.uint8], *, seed: int, row: int) -> Made:
    """Make the photo of an image uint8 [48,48]; it depends on nothing but the image, the seed and the row."""
    rng = np.random.RandomState([seed, row])
    enlarged, turned = rng.uniform(*ENLARGED), rng.uniform(-TURNED, TURNED)
    angle = np.radians(turned)
    turn = enlarged * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    extent = SIDE * float(np.abs(turn[0]).sum())
    width = round(max(rng.uniform(*WIDTH), extent))
    height = round(max(0.75 * width, extent))
    middle = rng.uniform(extent / 2, [width - extent / 2, height - extent / 2])
    onto = np.column_stack([turn, middle - turn @ (SIDE / 2, SIDE / 2)])
    lit = relight(compose(image, onto, background(rng, height, width)), rng)
    content = io.BytesIO()
    Image.fromarray(lit).save(content, "JPEG", quality=int(rng.randint(QUALITY[0], QUALITY[1] + 1)))
    return Made(content.getvalue(), np.asarray(cv2.invertAffineTransform(onto), dtype=np.float64), enlarged, turned)


def background(rng: np.random.RandomState, height: int, width: int) -> NDArray[np.float32]:
    """Return a gradient, noise at several scales, or textured blocks: float32 [H,W,3] in 0..255."""

    def spread(values: NDArray[np.float64], interpolation: int) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(values.astype(np.float32), (width, height), interpolation=interpolation))

    kind = rng.randint(3)
    if kind == 0:
        return spread(rng.uniform(0, 255, (2, 2, 3)), cv2.INTER_LINEAR)
    if kind == 1:
        picture = np.full((height, width, 3), rng.uniform(60, 200, 3), np.float32)
        for cells in (3, 9, 27, 81):
            picture += spread(rng.normal(0, 25, (cells, cells, 3)), cv2.INTER_CUBIC)
    else:
        picture = spread(rng.uniform(0, 255, (*rng.randint(2, 9, 2), 3)), cv2.INTER_NEAREST)
        picture += rng.normal(0, rng.uniform(2, 20), picture.shape).astype(np.float32)
    return np.clip(picture, 0, 255)


def compose(image: NDArray[np.uint8], onto: NDArray[np.float64], behind: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put an image uint8 [48,48] on a background [H,W,3] by a transform from the frame to the photo.

    Inside its square the face is all there; around it, its rim is repeated and fades away, so that there is no edge.
    """
    face = cv2.copyMakeBorder(image, RIM, RIM, RIM, RIM, cv2.BORDER_REPLICATE).astype(np.float32)
    beyond = np.maximum(0, np.abs(np.arange(len(face)) + 0.5 - len(face) / 2) - SIDE / 2)
    fading = np.minimum(np.hypot(*np.meshgrid(beyond, beyond)) / RIM, 1)
    opaque = (0.5 + 0.5 * np.cos(np.pi * fading)).astype(np.float32)
    # Here (0, 0) is the corner of the first pixel, in OpenCV its middle.
    moved = onto.copy()
    moved[:, 2] += moved[:, :2] @ (0.5 - RIM, 0.5 - RIM) - 0.5
    size = (behind.shape[1], behind.shape[0])
    drawn = cv2.warpAffine(face, moved, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(opaque, moved, size, flags=cv2.INTER_LINEAR)[..., None]
    return share * np.clip(drawn, 0, 255)[..., None] + (1 - share) * behind


def relight(picture: NDArray[np.float32], rng: np.random.RandomState) -> NDArray[np.uint8]:
    """Change gamma and gain, let light fall off to one side, and tint it: 0..255 [H,W,3] -> uint8 [H,W,3]."""
    height, width = picture.shape[:2]
    side, angle = rng.uniform(0, 0.35), rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
    light = 1 + side * (np.cos(angle) * x + np.sin(angle) * y)
    tint = rng.uniform(0.9, 1.1, 3)
    tint /= tint @ (0.299, 0.587, 0.114)  # grey stays as bright as it was
    lit = (picture / 255) ** rng.uniform(0.7, 1.4) * rng.uniform(0.7, 1.3) * light[..., None] * tint
    return np.asarray(np.rint(255 * np.clip(lit, 0, 1)), dtype=np.uint8)
