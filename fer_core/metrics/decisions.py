"""Scores of decided classes: labels int64 [N] against predicted int64 [N]."""

import numpy as np
from numpy.typing import NDArray


def _checked(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> int:
    if predicted.shape != labels.shape or predicted.ndim != 1:
        raise ValueError(f"predicted: expected shape {list(labels.shape)}, got {list(predicted.shape)}")
    if not len(labels):
        raise ValueError("labels: expected at least one image, got none")
    return len(labels)


def accuracy(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    """Return the share of images that are right."""
    n = _checked(predicted, labels)
    return int((predicted == labels).sum()) / n


def confusion(predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Return counts int64 [C,C]; rows are true classes, columns predicted ones."""
    _checked(predicted, labels)
    for name, given in (("predicted", predicted), ("labels", labels)):
        if given.min() < 0 or given.max() >= classes:
            raise ValueError(f"{name}: expected classes 0 to {classes - 1}, got {given.min()} to {given.max()}")
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def recalls(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each true class that is found, from a confusion matrix: float64 [C].

    NaN for a class that no image has.
    """
    totals = counts.sum(axis=1)
    return np.where(totals > 0, np.diag(counts) / np.maximum(totals, 1), np.nan)


def macro_f1(counts: NDArray[np.int64]) -> float:
    """Return the mean of the classes' F1 scores, from a confusion matrix.

    F1 is the harmonic mean of precision and recall, 0 for a class that is never right; classes that are neither true
    nor predicted anywhere are left out, as scikit-learn's `f1_score(average="macro", zero_division=0)` does.
    """
    sums = counts.sum(axis=0) + counts.sum(axis=1)
    present = sums > 0
    if not present.any():
        raise ValueError("counts: expected at least one image, got none")
    return float((2 * np.diag(counts)[present] / sums[present]).mean())
