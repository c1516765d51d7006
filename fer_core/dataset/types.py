"""The data set in memory, and how many images each split has of each class."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS, SIDE, SPLITS, USAGES
from fer_core.errors import DatasetError

MAX_IMAGES = 200_000
"""Images of the largest source that is read; FER-2013 has 35,887."""


@dataclass(frozen=True)
class Split:
    """One split in the order of the challenge's CSV.

    images : uint8 [N,48,48]
    labels : int64 [N], 0 to 6
    rows : int64 [N], position in the CSV within the split; -1 throughout when the order is not known
    votes : uint8 [N,10] FER+ crowd votes, or None
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]
    votes: NDArray[np.uint8] | None


@dataclass(frozen=True)
class Dataset:
    """All of FER-2013, grouped by split: Training, PublicTest, PrivateTest.

    images : uint8 [N,48,48]
    labels : int64 [N], 0 to 6
    usage : str [N], "Training", "PublicTest" or "PrivateTest"
    rows : int64 [N], position in the challenge's CSV within the split, -1 where it is not known
    votes : uint8 [N,10] FER+ crowd votes, or None
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    usage: NDArray[np.str_]
    rows: NDArray[np.int64]
    votes: NDArray[np.uint8] | None = None

    def split(self, name: str) -> Split:
        """Return the images of split "train", "valid" or "test" that have a known row, in CSV order.

        Where no row of the split is known (pictures read without `artifacts/rows.npz`) it is all of them, in the order
        of the source, and `rows` is -1 throughout.
        """
        picked = np.flatnonzero(self._inside(name))
        if (self.rows[picked] >= 0).any():
            picked = picked[self.rows[picked] >= 0]
            picked = picked[np.argsort(self.rows[picked], kind="stable")]
        votes = None if self.votes is None else self.votes[picked]
        return Split(self.images[picked], self.labels[picked], self.rows[picked], votes)

    def unmatched(self, name: str) -> int:
        """Return how many images of a split are in no known row."""
        return int((self.rows[self._inside(name)] < 0).sum())

    @property
    def ordered(self) -> bool:
        """Whether the order of every split is known, for some of its images at least."""
        return all(bool((self.rows[self._inside(name)] >= 0).any()) for name in SPLITS)

    def in_order(self) -> "Dataset":
        """Return the same images grouped by split, in CSV order within each; those in no known row come last."""
        split = np.select([self.usage == usage for usage in USAGES.values()], range(len(USAGES)))
        order = np.lexsort((np.where(self.rows < 0, len(self.rows), self.rows), split))
        if np.array_equal(order, np.arange(len(order))):
            return self
        votes = None if self.votes is None else self.votes[order]
        return Dataset(self.images[order], self.labels[order], self.usage[order], self.rows[order], votes)

    def _inside(self, name: str) -> NDArray[np.bool_]:
        if name not in USAGES:
            raise ValueError(f"name: expected one of {', '.join(SPLITS)}, got {name!r}")
        return np.asarray(self.usage == USAGES[name])


@dataclass
class Found:
    """What a reader has found so far.

    said : for each image its usage; or "train", "valid" or "test", as its folder is called; or nothing
    unsaid : what names no usage first, for messages
    """

    pixels: bytearray = field(default_factory=bytearray)
    labels: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unsaid: str = ""

    def add(self, image: NDArray[np.uint8], label: int, said: str, *, name: str = "") -> None:
        """Add one image: uint8 [48,48] or [2304]."""
        if said not in USAGES.values():
            self.unsaid = self.unsaid or name
        self.pixels += image.tobytes()
        self.labels.append(label)
        self.said.append(said)

    def images(self) -> NDArray[np.uint8]:
        """Return uint8 [N,48,48]."""
        return np.frombuffer(self.pixels, np.uint8).reshape(-1, SIDE, SIDE)


def from_lists(
    images: NDArray[np.uint8], labels: NDArray[np.int64], usage: NDArray[np.str_], *, source: str, ordered: bool
) -> Dataset:
    """Check what a reader found and group it by split.

    ordered : whether the source keeps the order of the challenge's CSV; rows are then numbered within each split
    Raises DatasetError when a split is absent or a class has no image in one of the splits.
    """
    if images.shape != (len(labels), SIDE, SIDE) or len(usage) != len(labels):
        raise ValueError(f"images: expected uint8 [{len(labels)},{SIDE},{SIDE}], got {list(images.shape)}")
    rows = np.full(len(labels), -1, np.int64)
    for name in SPLITS:
        inside = usage == USAGES[name]
        if not inside.any():
            raise DatasetError(f"{source} has no image of the split {USAGES[name]}; FER-2013 has three splits.")
        missing = [emotion for code, emotion in enumerate(EMOTIONS) if not (labels[inside] == code).any()]
        if missing:
            raise DatasetError(f"{source} has no image of the class {missing[0]} in the split {USAGES[name]}.")
        if ordered:
            rows[inside] = np.arange(inside.sum())
    return Dataset(images, labels, usage, rows).in_order()


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
