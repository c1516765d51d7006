"""Which split an image is of, where a copy of the data set does not say."""

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.match import match
from fer_core.dataset.order import KnownRows
from fer_core.dataset.types import Dataset, Found, from_lists
from fer_core.emotions import SPLITS, USAGES
from fer_core.errors import DatasetError

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
