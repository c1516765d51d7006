"""Logits again from weights and images, compared with the cache."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.calibration import Logits, Spoilt, kept_one_view
from fer_core.dataset import Dataset, Split, signatures
from fer_core.emotions import SPLITS
from fer_core.errors import DatasetError
from fer_core.inference import Panel, load, member_logits
from fer_core.photo.quality import FACES, FITTED, SPOILT

TOLERANCE = 1e-3
"""Largest difference of a logit that rounding can explain."""
_SAME_COPY = 0.004
"""Root mean square difference of signatures below which two images are one copy; a JPEG copy is about ten times off."""


@dataclass(frozen=True)
class Agreement:
    """One member on one split.

    images : scored; unmatched : cached rows that the data set has no image for
    accuracy, cached_accuracy : shares of those images, now and by the cache
    difference : largest difference of a log-probability, None on another copy of the data, where it says nothing
    """

    member: str
    split: str
    images: int
    unmatched: int
    accuracy: float
    cached_accuracy: float
    difference: float | None

    @property
    def agrees(self) -> bool:
        """Whether weights and images give what the cache holds, as far as it can be told."""
        return self.difference is None or self.difference <= TOLERANCE


def evaluate(
    artifacts: Artifacts,
    dataset: Dataset,
    member: str,
    split: str,
    *,
    limit: int | None = None,
    advance: Callable[[int], None] = lambda images: None,
) -> Agreement:
    """Recompute a member's logits of "valid" or "test" with full augmentation and compare them with the cache.

    limit : number of images, spread evenly over the split, instead of all of them
    """
    cached = artifacts.logits(split)
    part = dataset.split(split)
    picked = np.arange(len(part.rows))
    if limit is not None and limit < len(picked):
        picked = np.linspace(0, len(picked) - 1, limit).astype(np.int64)
    images, rows = part.images[picked], part.rows[picked]
    now = member_logits(load(artifacts, member), images, advance=advance)
    kept = cached.logits[cached.members.index(member)][rows]
    known = artifacts.rows()[split][rows].astype(np.float32)
    off = np.sqrt(((signatures(images).astype(np.float32) - known) ** 2).mean(axis=1))
    difference = float(np.abs(now - kept).max()) if (off < _SAME_COPY).all() else None
    labels = cached.labels[rows]
    return Agreement(
        member,
        split,
        len(picked),
        len(cached.labels) - len(part.rows),
        float((now.argmax(1) == labels).mean()),
        float((kept.argmax(1) == labels).mean()),
        difference,
    )


def one_view_logits(
    artifacts: Artifacts, dataset: Dataset, *, advance: Callable[[int], None] = lambda images: None
) -> Logits:
    """Return one view's logits of every member, computed for those that changed since they were computed last.

    advance : called with the number of images done since the last call; each member has those of both splits
    Raises DatasetError where the data set lacks an image of the two splits.
    """
    kept = kept_one_view(artifacts)
    parts = {split: dataset.split(split) for split in SPLITS[1:]}
    for split, part in parts.items():
        if not np.array_equal(part.rows, np.arange(len(artifacts.logits(split).labels))):
            raise DatasetError("this copy of FER-2013 lacks images that the members were scored on; give the CSV form.")
    out: dict[str, list[NDArray[np.float32]]] = {split: [] for split in parts}
    for name in artifacts.manifest.members:
        if name in kept:
            for split, part in parts.items():
                out[split].append(kept[name][split])
                advance(len(part.images))
            continue
        network = load(artifacts, name)
        for split, part in parts.items():
            out[split].append(member_logits(network, part.images, full=False, advance=advance))
    return {split: np.stack(values) for split, values in out.items()}


def spoilt_logits(artifacts: Artifacts, valid: Split) -> Spoilt:
    """Spoil images spread evenly over PublicTest, and show them to every member in one view."""
    at = np.linspace(0, len(valid.images) - 1, min(FACES, len(valid.images))).astype(np.int64)
    faces = [
        SPOILT[FITTED[i % len(FITTED)]](valid.images[row], np.random.RandomState([0, i]))
        for i, row in enumerate(at.tolist())
    ]
    return Spoilt(Panel(artifacts).logits(np.stack(faces)), valid.labels[at])
