"""What it buys to answer only when sure: error against the share of images that are answered."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer_core.metrics.crowd import Share

TIE = 1e-9
"""Confidences that differ by less are one: sums of the same votes in another order differ by rounding."""


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Risk against coverage of decisions, from the surest to all (El-Yaniv & Wiener 2010, JMLR 11, 1605-1641).

    Images of one confidence are a block, because no threshold can answer some of them alone.

    thresholds : the confidence of each block, falling, float64 [B]
    answered, errors : images that are at least as sure, and how many of them are wrong, int64 [B]
    """

    thresholds: NDArray[np.float64]
    answered: NDArray[np.int64]
    errors: NDArray[np.int64]

    @property
    def images(self) -> int:
        """All images."""
        return int(self.answered[-1])

    @property
    def coverage(self) -> NDArray[np.float64]:
        """The share of images that each threshold answers: float64 [B], 1 at the end."""
        return self.answered / self.images

    @property
    def risk(self) -> NDArray[np.float64]:
        """The share of wrong decisions among the answered images: float64 [B]."""
        return self.errors / self.answered

    def at(self, threshold: float) -> Share:
        """Return how many decisions are right, of the images with at least that confidence."""
        blocks = int(np.searchsorted(-self.thresholds, TIE - threshold, side="right"))
        if not blocks:
            return Share(0, 0)
        images, wrong = int(self.answered[blocks - 1]), int(self.errors[blocks - 1])
        return Share(images - wrong, images)

    def expected_errors(self, images: NDArray[np.floating | np.integer] | float) -> NDArray[np.float64]:
        """Return how many of the surest images, 0 to all, are wrong: the mean over all orders of each block."""
        found: NDArray[np.float64] = np.interp(images, np.append(0, self.answered), np.append(0, self.errors))
        return found

    @cached_property
    def aurc(self) -> float:
        """The area under the curve: the mean risk over the coverages 1/N, 2/N, ..., 1 (Geifman et al. 2019).

        Within a block it is the mean over all orders of its images.
        """
        counts = np.arange(1, self.images + 1)
        return float((self.expected_errors(counts) / counts).mean())

    @cached_property
    def least_aurc(self) -> float:
        """The area that as many errors would leave if all of them were the least sure (Geifman et al. 2019).

        `aurc` less this is the excess area, E-AURC: what the order of the confidences costs.
        """
        counts, right = np.arange(1, self.images + 1), self.images - self.errors[-1]
        return float((np.maximum(counts - right, 0) / counts).mean())


def risk_coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> RiskCoverage:
    """Return risk against coverage of decisions: confidence float64 [N], and whether each is right bool [N].

    Sources: Geifman & El-Yaniv 2017 (arXiv 1705.08500); the area Geifman, Uziel & El-Yaniv 2019 (arXiv 1805.08206).
    """
    if right.shape != confidence.shape or confidence.ndim != 1:
        raise ValueError(f"right: expected shape {list(confidence.shape)}, got {list(right.shape)}")
    if not len(confidence) or not np.isfinite(confidence).all():
        raise ValueError("confidence: expected finite numbers of at least one image")
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last = np.append(np.flatnonzero(-np.diff(falling) > TIE), len(falling) - 1)
    return RiskCoverage(falling[last], last + 1, np.cumsum(~right[order])[last])
