"""Weights that are fitted to members together: their mixture's likelihood, and greedy selection."""

import numpy as np
from numpy.typing import NDArray

GAP, ROUNDS = 1e-4, 5000
"""How far, in nats, the likelihood may be from the best there is, and most rounds to get there."""
LEAST = 1e-4
"""A weight below this is one that was still on its way to zero."""
TAKEN = 30
"""Members that greedy selection takes."""


def simplex_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights, all classes alike, with which the mean probability of the true class is most likely: [M,C].

    They are not negative and sum to one.  Each round of expectation maximisation for mixture weights (Cover 1984)
    multiplies a weight by the mean ratio of its member's probability to the mixture's; the largest ratio bounds how
    much likelihood is still to gain.
    """
    members, images, classes = probabilities.shape
    own = probabilities[:, np.arange(images), labels]
    own = np.maximum(own, np.finfo(own.dtype).tiny)  # all members may give a true class nothing, in float32 above all
    weights = np.full(members, 1 / members)
    for _ in range(ROUNDS):
        ratios = (own / (weights @ own)).mean(axis=1)
        if ratios.max() - 1 < GAP:
            break
        weights *= ratios
    weights[weights < LEAST] = 0
    return np.repeat((weights / weights.sum())[:, None], classes, axis=1)


def caruana_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often greedy selection takes each member: [M,C] (Caruana et al. 2004, "Ensemble selection").

    Each step takes once more the member with which the mean probability is right most often, the first of those that
    tie.
    """
    members, _, classes = probabilities.shape
    counts, total = np.zeros(members), np.zeros(probabilities.shape[1:])
    tried = np.empty_like(total)
    for _ in range(TAKEN):
        right = [int((np.add(total, own, out=tried).argmax(axis=1) == labels).sum()) for own in probabilities]
        best = int(np.argmax(right))
        counts[best] += 1
        total += probabilities[best]
    return np.repeat(counts[:, None], classes, axis=1)
