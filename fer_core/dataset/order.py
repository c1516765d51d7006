"""Putting any copy of the data set into the order of the challenge's CSV, by signatures that survive a JPEG copy."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.ferplus import FERPLUS_COLUMNS, plurality, read_votes
from fer_core.dataset.types import Dataset, Found, from_lists
from fer_core.emotions import SIDE, SPLITS, USAGES
from fer_core.errors import DatasetError

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


KnownRows = Mapping[str, NDArray[np.generic]]
"""Arrays of `artifacts/rows.npz`: for each split `NAME` float16 [K,64] and `NAME_labels` int64 [K]."""

LEAST_MATCHED = 0.95
"""Share of a split that must be found among the known rows."""
LEAST_AGREEMENT = 0.35
"""Share of labels that the FER+ plurality must agree with: about 0.65 in the right order, 0.2 in any other."""


def arrange(dataset: Dataset, known: KnownRows, *, source: str) -> Dataset:
    """Put the rows of any copy of the data set in the order of the challenge's CSV, unmatched ones last.

    Raises DatasetError when less than 95% of the known rows of a split are found.
    """
    rows = np.full(len(dataset.labels), -1, np.int64)
    for name in SPLITS:
        at = np.flatnonzero(dataset.usage == USAGES[name])
        signature, labels = known[name].astype(np.float16), known[f"{name}_labels"].astype(np.int64)
        images, own = dataset.images[at], dataset.labels[at]
        if np.array_equal(own, labels) and np.array_equal(signatures(images), signature):
            rows[at] = np.arange(len(at))
        else:
            rows[at] = match(signature, labels, images, own)
        share = float((rows[at] >= 0).sum()) / max(1, len(labels))
        if share < LEAST_MATCHED:
            raise DatasetError(
                f"{source} is not FER-2013: {100 * share:.1f}% of the {USAGES[name]} images are found in it, "
                f"at least {100 * LEAST_MATCHED:.0f}% are needed."
            )
    return replace(dataset, rows=rows).in_order()


def arranged(dataset: Dataset, known: KnownRows, *, source: str) -> Dataset:
    """Arrange a packed data set, unless each of its splits has the known rows and labels already."""
    parts = {name: dataset.split(name) for name in SPLITS}
    if all(
        np.array_equal(part.rows, np.arange(len(part.rows)))
        and np.array_equal(part.labels, known[f"{name}_labels"].astype(np.int64))
        for name, part in parts.items()
    ):
        return dataset
    return arrange(dataset, known, source=source)


def with_votes(dataset: Dataset, ferplus: Path, *, exact: bool) -> Dataset:
    """Attach the FER+ votes of `fer2013new.csv` by the rows of the CSV; an unmatched image has no vote at all.

    exact : rows are only numbered as they stand in the source, so each split must have as many as the votes have
    Raises DatasetError when the order is not known or the votes do not fit.
    """
    if not dataset.ordered:
        raise DatasetError(f"{ferplus} goes by the order of fer2013.csv; without artifacts/rows.npz give the CSV form.")
    votes = np.zeros((len(dataset.labels), len(FERPLUS_COLUMNS)), np.uint8)
    found = read_votes(ferplus)
    for usage in USAGES.values():
        at = np.flatnonzero((dataset.usage == usage) & (dataset.rows >= 0))
        part, rows = found[usage], dataset.rows[at]
        if len(part) <= rows.max() or (exact and len(part) != len(at)):
            raise DatasetError(f"{ferplus} has {len(part):,} rows of {usage} where the data set has {len(at):,}.")
        votes[at] = part[rows]
        said = plurality(votes[at])
        decided = said >= 0
        agreement = float((said == dataset.labels[at])[decided].mean()) if decided.any() else 0.0
        if agreement < LEAST_AGREEMENT:
            raise DatasetError(
                f"{ferplus} does not fit the images: its plurality agrees with {100 * agreement:.0f}% of the labels of "
                f"{usage}, about 65% is usual; are both in the order of fer2013.csv?"
            )
    return replace(dataset, votes=votes)


_EXACT = tuple(USAGES.values())
_FEW = 0.5
"""Share of the images that must be known ones of their class for the splits to be told by them."""
_HELD = {"train": ("train",), "valid": ("valid", "test"), "test": ("valid", "test"), "": SPLITS}
"""Which splits a folder called so is likely to hold; most copies have no folder for PublicTest alone."""


def placed(found: Found, known: KnownRows | None, *, source: str) -> Dataset:
    """Make a data set of pictures whose order is not known; the known rows tell the split where the copy does not.

    Raises DatasetError when some split is not said and there are no known rows.
    """
    images, labels, said = found.images(), np.array(found.labels, np.int64), np.array(found.said)
    if {"PublicTest", "PrivateTest"} <= set(found.said):
        said = np.where(said == "train", "Training", said)
    if not np.isin(said, _EXACT).all():
        if known is None:
            raise DatasetError(
                f"{source}: {found.unsaid} does not say whether it is of Training, PublicTest or PrivateTest, and "
                "there is no artifacts/rows.npz to tell; use another copy or the CSV."
            )
        said = _usages(images, labels, said, known, source)
    return from_lists(images, labels, said, source=source, ordered=False)


def _usages(
    images: NDArray[np.uint8], labels: NDArray[np.int64], said: NDArray[np.str_], known: KnownRows, source: str
) -> NDArray[np.str_]:
    """Return the usage of each image: as it is said, or that of its known row, or what its folder is called."""
    rows = np.concatenate([known[name].astype(np.float16) for name in SPLITS])
    row_labels = np.concatenate([known[f"{name}_labels"].astype(np.int64) for name in SPLITS])
    splits = np.repeat(np.arange(len(SPLITS)), [len(known[name]) for name in SPLITS])
    held = _HELD | {usage: (name,) for name, usage in USAGES.items()}
    likely = np.array([[name in held[hint] for name in SPLITS] for hint in said.tolist()])
    row = match(rows, row_labels, images, labels, likely=(splits, likely))
    if (found := float((row >= 0).mean())) < _FEW:
        raise DatasetError(
            f"{source} is not FER-2013, or its classes are called otherwise: {100 * found:.1f}% of its images are "
            "known images of their class."
        )
    otherwise = np.select([said == "valid", said == "test"], [1, 2], 0)
    usages = np.array(_EXACT)[np.where(row >= 0, splits[row], otherwise)]
    return np.where(np.isin(said, _EXACT), said, usages)
