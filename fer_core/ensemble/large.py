"""A recompute of very many members, from cached float32 probabilities that are read once and never copied."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision
from fer_core.ensemble.weightings import Weights, normalised
from fer_core.metrics import brier, confusion, log_likelihood_loss, macro_f1, wilson
from fer_core.metrics.scores import binned_gap


@dataclass(frozen=True, eq=False)
class Scores:
    """What a mean of probabilities reaches; figures as in `Outcome`."""

    decision: Decision
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    confusion: NDArray[np.int64]
    nll: float
    brier: float
    ece: float


def scores_of_many(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> Scores:
    """Average probabilities float32 [M,N,C] by weights float64 [M,C] and score them against labels int64 [N].

    Sums run in float32, so that shares of a thousand members are exact to about 1e-6.
    """
    pooled = pooled_shares(probabilities, normalised(weights))
    predicted, n = pooled.argmax(axis=1), len(labels)
    right = predicted == labels
    counts, correct = confusion(predicted, labels, pooled.shape[1]), int(right.sum())
    return Scores(
        decision=Decision(predicted, pooled),
        accuracy=correct / n,
        interval=wilson(correct, n),
        macro_f1=macro_f1(counts),
        confusion=counts,
        nll=log_likelihood_loss(pooled, labels),
        brier=brier(pooled, labels),
        ece=binned_gap(pooled[np.arange(n), predicted], right),
    )


def pooled_shares(probabilities: NDArray[np.float32], weights: Weights) -> NDArray[np.float64]:
    """Return the weighted mean of probabilities float32 [M,N,C], rows renormalised: float64 [N,C]."""
    if probabilities.ndim != 3 or probabilities.dtype != np.float32:
        raise ValueError(
            f"probabilities: expected float32 [M,N,C], got {probabilities.dtype} {list(probabilities.shape)}"
        )
    members, images, classes = probabilities.shape
    if weights.shape != (members, classes):
        raise ValueError(f"weights: expected shape [{members}, {classes}], got {list(weights.shape)}")
    narrow = weights.astype(np.float32)
    if (narrow == narrow[:, :1]).all() and probabilities.flags.c_contiguous:
        pooled = (narrow[:, 0] @ probabilities.reshape(members, -1)).reshape(images, classes)
    else:
        pooled = np.einsum("mnc,mc->nc", probabilities, narrow)
    shares = pooled.astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
