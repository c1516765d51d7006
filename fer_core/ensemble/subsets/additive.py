"""What members add to an ensemble for each class, and how the sums over a subset of them decide.

Most combiners decide by sums over members, so that a subset with one member more costs an addition, not a recompute.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Outputs
from fer_core.ensemble.rules.votes import points
from fer_core.ensemble.weightings import Weights

Array = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Additive:
    """One combiner, taken apart.

    terms : what it sums, K arrays [n,C] of one member's outputs on the images at some positions
    lead : sums [K,C,S,n] of S subsets under normalised weights, the true class first, which may be written over -> by
        how much the true class leads, [S,n], and which subsets this cannot tell for sure, bool [S]
    log_share : the same sums -> the log of the true class's share, [S,n]; None for shares that can be zero
    """

    terms: Callable[[Outputs, int, Positions], tuple[Array, ...]]
    lead: Callable[[Array], tuple[Array, NDArray[np.bool_]]]
    log_share: Callable[[Array], Array] | None


def evidence(combiner: str, outputs: Outputs, weights: Weights, at: Positions, order: Positions) -> Array:
    """Return what M members add on the images at some positions, weights [M,C] included: [K,C,M,n].

    order : of the classes in it
    """
    terms = ADDITIVE[combiner].terms
    kinds = len(terms(outputs, 0, at[:0]))
    found = np.empty((kinds, len(order), len(weights), len(at)))
    for m, weight in enumerate(weights):
        for k, term in enumerate(terms(outputs, m, at)):
            found[k, :, m] = (term * weight).T[order]
    return found


def _lead(sums: Array) -> tuple[Array, NDArray[np.bool_]]:
    return sums[0, 0] - sums[0, 1:].max(axis=0), np.zeros(sums.shape[2], bool)


def _vote_lead(sums: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Compare mean probabilities among the classes that share the most votes, as `hard_vote` does."""
    votes, pooled = sums
    most = votes.max(axis=0)
    votes -= most * (1 - 1e-9)
    np.copyto(pooled, -1.0, where=votes < 0)
    # Rounding decides what is neither clearly tied nor clearly behind.
    unsure = (np.abs(votes) < most * 0.5e-9).any(axis=(0, 2))
    return pooled[0] - pooled[1:].max(axis=0), unsure


def _log_of_mean(sums: Array) -> Array:
    logs: Array = np.log(sums[0, 0] / sums[0].sum(axis=0))
    return logs


def _log_of_geometric_mean(sums: Array) -> Array:
    shifted = sums[0] - sums[0].max(axis=0)
    logs: Array = shifted[0] - np.log(np.exp(shifted).sum(axis=0))
    return logs


def _points(outputs: Outputs, member: int, at: Positions) -> tuple[Array, Array]:
    return points(outputs.logs[member][at]), outputs.probabilities[member][at]


def _votes(outputs: Outputs, member: int, at: Positions) -> tuple[Array, Array]:
    votes = np.zeros((len(at), outputs.logs[member].shape[1]))
    votes[np.arange(len(at)), outputs.firsts[member][at]] = 1
    return votes, outputs.probabilities[member][at]


ADDITIVE: dict[str, Additive] = {
    "mean_probability": Additive(lambda outputs, m, at: (outputs.probabilities[m][at],), _lead, _log_of_mean),
    "mean_log_probability": Additive(lambda outputs, m, at: (outputs.logs[m][at],), _lead, _log_of_geometric_mean),
    "hard_vote": Additive(_votes, _vote_lead, None),
    "borda": Additive(_points, _vote_lead, None),
}
"""The combiners that decide by sums, taken apart, by the names of `COMBINERS`."""
