"""Decisions and probabilities against a crowd whose members do not all say the same."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.metrics.scores import Z95, wilson


@dataclass(frozen=True)
class CrossEntropy:
    """How far probabilities are from a crowd's shares, in nats, as means over images.

    images : with a vote for any class; the others are left out
    value : cross-entropy to the shares, NaN where a class that somebody voted for has probability zero
    error : the standard error of that mean, NaN of one image
    entropy : of the shares themselves; no probabilities have a cross-entropy below it
    """

    images: int
    value: float
    error: float
    entropy: float

    @property
    def divergence(self) -> float:
        """The Kullback-Leibler divergence from the crowd's votes to the probabilities: what is above the entropy."""
        return self.value - self.entropy

    @property
    def interval(self) -> tuple[float, float] | None:
        """A 95% interval of the mean cross-entropy over images, None where it is not known."""
        if math.isnan(self.value) or math.isnan(self.error):
            return None
        return self.value - Z95 * self.error, self.value + Z95 * self.error


def shares_of(votes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return votes for C classes uint8 [N,C] as shares float64 [N,C]; NaN in the rows of images without any."""
    counts = votes.astype(np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.where(totals > 0, counts / np.maximum(totals, 1), np.nan)
    return shares


def cross_entropy(probabilities: NDArray[np.float64], votes: NDArray[np.uint8]) -> CrossEntropy:
    """Compare probabilities float64 [N,C] with a crowd's votes for the same classes uint8 [N,C].

    It is the loss of Barsoum et al. 2016 (arXiv 1608.01041) for training on the votes' distribution.
    Raises ValueError where no image has a vote.
    """
    if votes.ndim != 2 or probabilities.shape != votes.shape:
        raise ValueError(f"votes: expected shape {list(probabilities.shape)}, got {list(votes.shape)}")
    shares = shares_of(votes)
    some = ~np.isnan(shares[:, 0])
    if not some.any():
        raise ValueError("votes: expected a vote for some class on at least one image")
    crowd, said = shares[some], probabilities[some]
    voted, images = crowd > 0, int(some.sum())
    entropies = -np.where(voted, crowd * np.log(np.where(voted, crowd, 1)), 0).sum(axis=1)
    if (said[voted] <= 0).any():
        return CrossEntropy(images, math.nan, math.nan, float(entropies.mean()))
    losses = -np.where(voted, crowd * np.log(np.where(voted, said, 1)), 0).sum(axis=1)
    error = float(losses.std(ddof=1) / math.sqrt(images)) if images > 1 else math.nan
    return CrossEntropy(images, float(losses.mean()), error, float(entropies.mean()))


@dataclass(frozen=True)
class Sides:
    """Whose side decisions take where label and crowd differ: numbers of images."""

    label: int
    crowd: int
    neither: int

    @property
    def images(self) -> int:
        """All images on which they differ."""
        return self.label + self.crowd + self.neither


def conflicts(
    labels: NDArray[np.int64], plurality: NDArray[np.int64], among: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return where the crowd's plurality int64 [N] (-1 for none) is another class than the label int64 [N].

    among : the images that count, bool [N]; all where it is None
    """
    if plurality.shape != labels.shape:
        raise ValueError(f"plurality: expected shape {list(labels.shape)}, got {list(plurality.shape)}")
    differ: NDArray[np.bool_] = (plurality >= 0) & (plurality != labels)
    return differ if among is None else differ & among


def sides(
    decided: NDArray[np.int64], labels: NDArray[np.int64], plurality: NDArray[np.int64], differ: NDArray[np.bool_]
) -> Sides:
    """Count whose side decisions int64 [N] take on the images of `conflicts`."""
    if decided.shape != labels.shape:
        raise ValueError(f"decided: expected shape {list(labels.shape)}, got {list(decided.shape)}")
    label, crowd = int((differ & (decided == labels)).sum()), int((differ & (decided == plurality)).sum())
    return Sides(label, crowd, int(differ.sum()) - label - crowd)


def flows(
    labels: NDArray[np.int64], plurality: NDArray[np.int64], differ: NDArray[np.bool_], classes: int
) -> NDArray[np.int64]:
    """Return how many images have each label (row) and another plurality (column): int64 [C,C], 0 on the diagonal."""
    pairs = labels[differ] * classes + plurality[differ]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


AGREED = 9
"""Votes of ten that have to be one answer for an image to count as agreed on."""


@dataclass(frozen=True)
class Share:
    """How many of how many images."""

    correct: int
    images: int

    @property
    def value(self) -> float | None:
        """The share, None of no image."""
        return self.correct / self.images if self.images else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95% interval, None of no image."""
        return wilson(self.correct, self.images) if self.images else None


@dataclass(frozen=True, eq=False)
class Crowd:
    """What the crowd says of each image.

    plurality : the class with most votes, int64 [N], -1 where no class leads
    agreed : whether at least `AGREED` votes are one answer, be it none of the classes, bool [N]
    """

    plurality: NDArray[np.int64]
    agreed: NDArray[np.bool_]

    @classmethod
    def of(cls, votes: NDArray[np.uint8], plurality: NDArray[np.int64]) -> "Crowd":
        """Take votes uint8 [N,K] and the plurality int64 [N] that the data set's own rule gives for them."""
        if votes.ndim != 2 or plurality.shape != votes.shape[:1]:
            raise ValueError(f"plurality: expected one a row of {list(votes.shape)}, got {list(plurality.shape)}")
        return cls(plurality, votes.max(axis=1) >= AGREED)


@dataclass(frozen=True)
class LabelQuality:
    """How often decisions are the crowd's and the label's.

    plurality : the crowd's plurality, over the images that have one
    agreed_label, agreed_crowd : the label, and the crowd's answer, over the images that the crowd agrees on; where that
        answer is no class, no decision is right
    """

    plurality: Share
    agreed_label: Share
    agreed_crowd: Share


def label_quality(decided: NDArray[np.int64], labels: NDArray[np.int64], crowd: Crowd) -> LabelQuality:
    """Compare decided classes int64 [N] with labels int64 [N] and with the crowd; the labels may be decided, too."""
    for name, given in (("decided", decided), ("labels", labels)):
        if given.shape != crowd.plurality.shape:
            raise ValueError(f"{name}: expected shape {list(crowd.plurality.shape)}, got {list(given.shape)}")
        if len(given) and given.min() < 0:
            raise ValueError(f"{name}: expected classes from 0, got {given.min()}")

    def share(right: NDArray[np.bool_], among: NDArray[np.bool_]) -> Share:
        return Share(int((right & among).sum()), int(among.sum()))

    return LabelQuality(
        plurality=share(decided == crowd.plurality, crowd.plurality >= 0),
        agreed_label=share(decided == labels, crowd.agreed),
        agreed_crowd=share(decided == crowd.plurality, crowd.agreed),
    )
