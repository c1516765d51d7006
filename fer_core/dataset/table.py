"""How many images each split has of each class."""

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.types import Dataset
from fer_core.emotions import EMOTIONS, SPLITS, USAGES

OFFICIAL_COUNTS = {
    "train": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "valid": (467, 56, 496, 895, 653, 415, 607),
    "test": (491, 55, 528, 879, 594, 416, 626),
}
"""Images of each class in each split of the challenge's data set."""


def class_table(dataset: Dataset) -> dict[str, NDArray[np.int64]]:
    """Return, for each split, the number of images of each class: int64 [7]."""
    return {
        name: np.bincount(dataset.labels[dataset.usage == USAGES[name]], minlength=len(EMOTIONS)).astype(np.int64)
        for name in SPLITS
    }


def count_differences(dataset: Dataset) -> list[str]:
    """Return one sentence for each split whose images are not as many of each class as the challenge's set has."""
    sentences = []
    for name, row in class_table(dataset).items():
        official = OFFICIAL_COUNTS[name]
        other = [emotion for emotion, n, wanted in zip(EMOTIONS, row, official, strict=True) if n != wanted]
        if other:
            sentences.append(
                f"{USAGES[name]} has {row.sum():,} images where the challenge's data set has {sum(official):,} "
                f"(other counts of {', '.join(other)})."
            )
    return sentences
