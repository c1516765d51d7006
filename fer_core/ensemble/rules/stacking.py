"""Stacking: a small model learns from PublicTest how to read the members.  Needs scikit-learn."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, Pool, log_softmax
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
