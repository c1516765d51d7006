"""Pools that one member alone cannot pull far: they look at the middle of what members say of a class."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs
from fer_core.ensemble.weightings import Weights

EQUAL = 1e-9
"""Weights on both sides of the middle that differ by less are the same but for rounding."""


def median(outputs: Outputs, weights: Weights) -> Decision:
    """Take for each class the weighted median of its probabilities; each row is renormalised.

    The median is where half of the weight lies on either side, and the mean of two values where they share the middle
    (Kittler et al. 1998, "On combining classifiers").
    """
    values = np.stack(outputs.probabilities)
    order = values.argsort(axis=0)
    values = np.take_along_axis(values, order, axis=0)
    below = np.take_along_axis(np.broadcast_to(weights[:, None], values.shape), order, axis=0).cumsum(axis=0)
    last = len(values) - 1
    low = np.minimum((below < 0.5 - EQUAL).sum(axis=0), last)
    high = np.minimum((below <= 0.5 + EQUAL).sum(axis=0), last)
    middle = [np.take_along_axis(values, at[None], axis=0)[0] for at in (low, high)]
    return _renormalised((middle[0] + middle[1]) / 2)


def trimmed_mean(outputs: Outputs, weights: Weights) -> Decision:
    """Average each class's probabilities without the lowest and the highest; each row is renormalised.

    Members without weight for a class do not count, and with fewer than three nothing is left out (Tukey's trimmed
    mean; Kittler et al. 1998).
    """
    values, counting = np.stack(outputs.probabilities), (weights > 0)[:, None]
    kept = np.ones(values.shape)
    for extreme in (np.where(counting, values, np.inf).min(axis=0), np.where(counting, values, -np.inf).max(axis=0)):
        there = (values == extreme) & counting
        kept -= there / there.sum(axis=0)  # of several that tie, each loses its part
    kept = np.where(counting.sum(axis=0) > 2, kept, 1) * weights[:, None]
    return _renormalised((kept * values).sum(axis=0) / kept.sum(axis=0))


def _renormalised(pooled: NDArray[np.float64]) -> Decision:
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)
