"""Bias and variance, which only networks that differ in nothing but the seed can tell apart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Card

LEAST = 5
"""Seeds below which a variance is a guess."""


@dataclass(frozen=True)
class BiasVariance:
    """The mean Brier score of one network of a family, taken apart: loss = bias + variance.

    bias : squared, of the mean over all seeds that could have been; it holds the noise of the labels, which nothing can
        tell from it, and what an ensemble of ever more seeds keeps; it may come out a little below zero
    variance : of the seeds about their mean, summed over classes; an ensemble of K seeds keeps a K-th of it
    """

    loss: float
    bias: float
    variance: float


def families(cards: Mapping[str, Card], *, least: int = LEAST) -> tuple[tuple[str, ...], ...]:
    """Return the members that differ in nothing but the seed, by family, each of at least so many seeds.

    They share architecture, arguments, input, recipe, and test-time augmentation.
    """
    found: dict[str, dict[int, str]] = {}
    for name, card in cards.items():
        same = [card.architecture, card.arguments, card.preprocessing, card.recipe, card.augmentation]
        found.setdefault(json.dumps(same, sort_keys=True, default=str), {}).setdefault(card.seed, name)
    return tuple(tuple(seeds.values()) for seeds in found.values() if len(seeds) >= least)


def bias_variance(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> BiasVariance:
    """Take the mean Brier score of S seeds apart, without bias: the variance about their mean is scaled by S/(S-1).

    After Geman, Bienenstock & Doursat 1992, "Neural networks and the bias/variance dilemma".

    probabilities : float64 [S,N,C], S at least 2; labels : int64 [N]
    """
    if probabilities.ndim != 3 or len(probabilities) < 2 or labels.shape != probabilities.shape[1:2]:
        raise ValueError(
            f"probabilities: expected [S,{len(labels)},C] of at least two seeds, got {list(probabilities.shape)}"
        )
    seeds, truth = len(probabilities), np.eye(probabilities.shape[2])[labels]
    loss = _squares(probabilities - truth)
    variance = _squares(probabilities - probabilities.mean(axis=0)) * seeds / (seeds - 1)
    return BiasVariance(loss, loss - variance, variance)


def _squares(differences: NDArray[np.float64]) -> float:
    """Return the mean over seeds and images of squares summed over classes."""
    return float(np.einsum("snc,snc->sn", differences, differences).mean())
