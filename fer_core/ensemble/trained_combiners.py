"""Combiners that learn from PublicTest: stacking, dynamic selection, and the mean of calibrated members."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, Pool, log_softmax, outputs_of
from fer_core.ensemble.fixed_combiners import mean_probability
from fer_core.ensemble.temperature import fit_temperature
from fer_core.ensemble.weightings import Weights

STRENGTH, STEPS = 0.03, 2000
"""Inverse of the penalty, of 0.001 to 1 the one with the least out-of-fold log loss on PublicTest, and most steps."""
LEAST = -20.0
"""A log-probability below this says no more than this."""


def evidence(outputs: Outputs) -> NDArray[np.float64]:
    """Return what a model reads of M members: bounded log-probabilities, each member's less their mean, [N,M*C]."""
    bounded = [np.maximum(logs, LEAST) for logs in outputs.logs]
    return np.concatenate([logs - logs.mean(axis=1, keepdims=True) for logs in bounded], axis=1)


def stacked(outputs: Outputs, labels: NDArray[np.int64]) -> Pool:
    """Fit multinomial logistic regression to the members' log-probabilities (Wolpert 1992, "Stacked generalization").

    The L2 penalty is fixed.  Classes that no image has get no share; where there is just one, it is always said.
    """
    known, classes = np.unique(labels), outputs.logs[0].shape[1]
    slope = np.zeros((len(known), len(outputs.logs) * classes))
    offset = np.zeros(len(known))
    if len(known) > 1:
        # Imported here: it is large, and the explorer needs it for this alone.
        from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # Its products are so small that several threads on busy processors wait for each other most of the time.
        with threadpool_limits(1, user_api="blas"):
            model = LogisticRegression(C=STRENGTH, max_iter=STEPS).fit(evidence(outputs), labels)
        # Of two classes scikit-learn keeps the second's odds alone.
        slope, offset = model.coef_, model.intercept_
        if len(known) == 2:
            slope, offset = np.concatenate([0 * slope, slope]), np.concatenate([0 * offset, offset])

    def pool(new: Outputs, weights: Weights) -> Decision:
        shares = np.zeros((len(new.logs[0]), classes))
        shares[:, known] = np.exp(log_softmax(evidence(new) @ slope.T + offset))
        return Decision(shares.argmax(axis=1), shares)

    return pool


NEIGHBOURS = 50
"""Of 7 to 150 the number with the highest out-of-fold accuracy on PublicTest."""
TOGETHER = 512
"""Images whose distances are held in memory at a time."""


def knora(outputs: Outputs, labels: NDArray[np.int64]) -> Pool:
    """Weigh each member, image by image, by how many of the nearest PublicTest images it gets right.

    Near is near in what the members say, their bounded log-probabilities (KNORA-UNION: Ko, Sabourin & Britto 2008,
    "From dynamic classifier selection to dynamic ensemble selection").  Probabilities are averaged; where no member is
    right on any neighbour, all count the same.
    """
    seen = evidence(outputs).astype(np.float32)
    norms = (seen**2).sum(axis=1)
    right = np.stack([first == labels for first in outputs.firsts], axis=1)
    count = min(NEIGHBOURS, len(labels))

    def pool(new: Outputs, weights: Weights) -> Decision:
        asked, shares = evidence(new).astype(np.float32), np.empty(new.logs[0].shape)
        for first in range(0, len(asked), TOGETHER):
            some = slice(first, first + TOGETHER)
            distance = norms - 2 * asked[some] @ seen.T
            near = distance.argpartition(count - 1, axis=1)[:, :count]
            trust = right[near].sum(axis=1).astype(np.float64)
            trust[trust.sum(axis=1) == 0] = 1
            told = np.stack([own[some] for own in new.probabilities], axis=1)
            shares[some] = (trust[:, :, None] * told).sum(axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        return Decision(shares.argmax(axis=1), shares)

    return pool


def calibrated_mean(outputs: Outputs, labels: NDArray[np.int64]) -> Pool:
    """Fit a temperature to each member alone (Guo et al. 2017, arXiv 1706.04599); then average probabilities."""
    temperatures = [fit_temperature(own, labels) or 1.0 for own in outputs.probabilities]

    def pool(new: Outputs, weights: Weights) -> Decision:
        logs = [log_softmax(own / each) for own, each in zip(new.logs, temperatures, strict=True)]
        return mean_probability(outputs_of(np.stack(logs)), weights)

    return pool
