"""Signatures that survive a JPEG copy, matching by them, and pixel-identical twins."""

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import SIDE

LENGTH = 64
"""Numbers in a signature."""
_SEED = 2013
_LIMIT = 0.35
"""Largest root mean square difference, in standard deviations, at which two signatures are of one image."""
_CANDIDATES = 32
"""Known rows that are weighed for an image; 11 images of the data set are identical at most."""


def signatures(images: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Return float16 [N,64]: a fixed random projection of each image's pixels at mean 0 and deviation 1.

    `np.random.RandomState` is used because its stream is frozen for all versions of NumPy.
    """
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"images: expected uint8 [N,{SIDE},{SIDE}], got {list(images.shape)}")
    projection = np.random.RandomState(_SEED).standard_normal((SIDE * SIDE, LENGTH)).astype(np.float32) / SIDE
    out = np.empty((len(images), LENGTH), np.float16)
    for start in range(0, len(images), 4096):
        flat = images[start : start + 4096].reshape(-1, SIDE * SIDE).astype(np.float32)
        flat -= flat.mean(axis=1, keepdims=True)
        deviation = flat.std(axis=1, keepdims=True)
        out[start : start + 4096] = (flat / np.where(deviation > 0, deviation, 1)) @ projection
    return out


Likely = tuple[NDArray[np.int64], NDArray[np.bool_]]
"""Split 0 to 2 of each known row: int64 [K]; which splits each image is likely to be of: bool [N,3]."""


def _nearest_first(known: NDArray[np.float32], found: NDArray[np.float32], likely: Likely | None) -> NDArray[np.int64]:
    """Match signatures of one class one to one, nearest pairs first: for each of `found`, an index of `known` or -1."""
    result = np.full(len(found), -1, np.int64)
    squares = (known**2).sum(1)
    pairs: list[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]] = []
    for start in range(0, len(found), 512):
        part = found[start : start + 512]
        distance = np.maximum((part**2).sum(1)[:, None] - 2 * part @ known.T + squares, 0) / LENGTH
        close = distance < _LIMIT**2
        for row in np.flatnonzero(close.sum(1) > _CANDIDATES):
            nearest = np.argpartition(distance[row], _CANDIDATES)[:_CANDIDATES]
            close[row] = False
            close[row, nearest] = True
        at, to = np.nonzero(close)
        pairs.append((distance[at, to], at + start, to))
    distances, at, to = (np.concatenate([p[i] for p in pairs]) for i in range(3))
    taken = np.zeros(len(known), bool)
    unlikely = np.zeros(len(at), bool) if likely is None else ~likely[1][at, likely[0][to]]
    # Ties (identical images) are taken in the order of the rows, so that a copy in CSV order keeps it.
    for index in np.lexsort((to, at, unlikely, np.round(distances, 4))):
        if result[at[index]] < 0 and not taken[to[index]]:
            result[at[index]] = to[index]
            taken[to[index]] = True
    return result


def match(
    known: NDArray[np.float16],
    known_labels: NDArray[np.int64],
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    likely: Likely | None = None,
) -> NDArray[np.int64]:
    """Find the known row of each image, by signature and label: int64 [N], -1 where there is none.

    known : float16 [K,64], known_labels : int64 [K]; each known row is given to one image at most.
    likely : of identical rows, those of a split that the image is likely to be of are taken first
    """
    result = np.full(len(images), -1, np.int64)
    found = signatures(images).astype(np.float32)
    for label in np.unique(labels):
        rows, at = np.flatnonzero(known_labels == label), np.flatnonzero(labels == label)
        if len(rows):
            here = None if likely is None else (likely[0][rows], likely[1][at])
            near = _nearest_first(known[rows].astype(np.float32), found[at], here)
            result[at] = np.where(near >= 0, rows[near], -1)
    return result


def twins(train: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return, for each of `others`, the index of the first pixel-identical image in `train`: int64 [N], -1 for none."""
    first: dict[bytes, int] = {}
    for index, image in enumerate(train):
        first.setdefault(image.tobytes(), index)
    return np.array([first.get(image.tobytes(), -1) for image in others], np.int64)
