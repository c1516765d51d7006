"""Opinion pools: means of what members say."""

import numpy as np

from fer_core.ensemble.decision import Decision, Outputs, weighted_sum
from fer_core.ensemble.weightings import Weights


def mean_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average probabilities (linear opinion pool); each row is renormalised."""
    pooled = weighted_sum(outputs.probabilities, weights)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def mean_log_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average log-probabilities (logarithmic opinion pool); each row is renormalised."""
    pooled = weighted_sum(outputs.logs, weights)
    pooled -= pooled.max(axis=1, keepdims=True)
    np.exp(pooled, out=pooled)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)
