"""Scores of probabilities: float64 [N,C], rows summing to one, against labels int64 [N]."""

import numpy as np
from numpy.typing import NDArray


def _own(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probability of each image's own class: float64 [N]."""
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1]:
        raise ValueError(f"labels: expected one a row of {list(probabilities.shape)}, got {list(labels.shape)}")
    if not len(labels):
        raise ValueError("labels: expected at least one image, got none")
    own: NDArray[np.float64] = probabilities[np.arange(len(labels)), labels]
    return own


def log_likelihood_loss(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the mean negative log-likelihood in nats; NaN where a true class has probability zero."""
    own = _own(probabilities, labels)
    return float(-np.log(own).mean()) if (own > 0).all() else float("nan")


def brier(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the mean squared distance to the one-hot label, summed over classes: 0 to 2 (Brier 1950)."""
    own = _own(probabilities, labels)
    squares = np.einsum("nc,nc->n", probabilities, probabilities)
    return float((squares - 2 * own + 1).mean())


def calibration_error(probabilities: NDArray[np.float64], labels: NDArray[np.int64], *, bins: int = 15) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy over equal-width bins.

    A confidence is the largest probability of a row; bin b holds the confidences in (b/bins, (b+1)/bins], so that 1.0
    is in the last, and each bin weighs as many images as it holds (Guo et al. 2017, arXiv 1706.04599).
    """
    _own(probabilities, labels)
    return binned_gap(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins=bins)


def binned_gap(confidence: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 15) -> float:
    """Return the expected calibration error of decisions: confidence float64 [N], whether each is right bool [N]."""
    if bins < 1:
        raise ValueError(f"bins: expected at least 1, got {bins}")
    # Vote shares such as 3 of 9 lie on an edge: rounding must not move them over it.
    index = np.clip(np.ceil(confidence * bins - 1e-9).astype(np.int64) - 1, 0, bins - 1)
    gap = np.bincount(index, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(confidence))
