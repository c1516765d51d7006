"""Decisions and probabilities against a crowd whose members do not all say the same."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.metrics.intervals import Z95


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
