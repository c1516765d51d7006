"""How weighted members become one decision."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.weightings import normalised


@dataclass(frozen=True)
class Decision:
    """What an ensemble says: labels int64 [N], and shares float64 [N,C] whose rows sum to one."""

    labels: NDArray[np.int64]
    shares: NDArray[np.float64]


Combine = Callable[[NDArray[np.float64], NDArray[np.float64]], Decision]


@dataclass(frozen=True)
class Combiner:
    """One way to combine members.

    title : what a person reads; formula : LaTeX; description : one sentence
    combine : log-probabilities float64 [M,N,C] and weights float64 [M,C] -> Decision
    """

    title: str
    formula: str
    description: str
    combine: Combine


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log-probabilities float64 of logits [...,C]; constants added to a row change nothing."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    logs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logs


def _weighted_sum(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum over members of weights [M,C] times values [M,N,C]: [N,C]."""
    total: NDArray[np.float64] = values[0] * weights[0]
    for value, weight in zip(values[1:], weights[1:], strict=True):
        total += value * weight
    return total


def mean_probability(log_probabilities: NDArray[np.float64], weights: NDArray[np.float64]) -> Decision:
    """Average probabilities (linear opinion pool); each row is renormalised."""
    return pooled_probabilities(np.exp(log_probabilities), normalised(weights))


def pooled_probabilities(probabilities: NDArray[np.float64], weights: NDArray[np.float64]) -> Decision:
    """Average probabilities float64 [M,N,C] with weights that are normalised already."""
    pooled = _weighted_sum(probabilities, weights)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def mean_log_probability(log_probabilities: NDArray[np.float64], weights: NDArray[np.float64]) -> Decision:
    """Average log-probabilities (logarithmic opinion pool); each row is renormalised."""
    pooled = _weighted_sum(log_probabilities, normalised(weights))
    pooled -= pooled.max(axis=1, keepdims=True)
    np.exp(pooled, out=pooled)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def hard_vote(log_probabilities: NDArray[np.float64], weights: NDArray[np.float64]) -> Decision:
    """Let each member vote for its first class with its weight for that class; ties go by mean probability."""
    weights = normalised(weights)
    members, images, classes = log_probabilities.shape
    votes = np.zeros((images, classes))
    at = np.arange(images)
    for values, weight in zip(log_probabilities, weights, strict=True):
        first = values.argmax(axis=1)
        votes[at, first] += weight[first]
    totals = votes.sum(axis=1, keepdims=True)
    pooled = pooled_probabilities(np.exp(log_probabilities), weights).shares
    shares = np.where(totals > 0, votes / np.where(totals > 0, totals, 1), pooled)
    # Sums of the same weights in another order differ by rounding, which must not decide a tie.
    tied = shares >= shares.max(axis=1, keepdims=True) - 1e-9
    return Decision(np.where(tied, pooled, -1.0).argmax(axis=1), shares)


COMBINERS: dict[str, Combiner] = {
    "mean_probability": Combiner(
        "Mean probability",
        r"p(c \mid x) \propto \sum_m w_{m,c}\, p_m(c \mid x)",
        "Averages the members' probabilities.",
        mean_probability,
    ),
    "mean_log_probability": Combiner(
        "Mean log-probability",
        r"p(c \mid x) \propto \exp \sum_m w_{m,c} \log p_m(c \mid x)",
        "Averages the logarithms of the probabilities, so that one member's firm no weighs more.",
        mean_log_probability,
    ),
    "hard_vote": Combiner(
        "Hard vote",
        r"s(c \mid x) \propto \sum_m w_{m,c}\, [\,c = \arg\max_k p_m(k \mid x)\,]",
        "Each member votes for its first class; ties go by mean probability.",
        hard_vote,
    ),
}
"""Every combiner by the name that links and the command line use."""
