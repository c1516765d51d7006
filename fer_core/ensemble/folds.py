"""Out-of-fold PublicTest accuracy: what a weighting reaches on images it was not fitted on."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.weightings import fit_of, known


def stratified_folds(labels: NDArray[np.int64], *, folds: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """Return a fold number for each image, int64 [N]: every class is dealt out evenly after a seeded shuffle."""
    if not 2 <= folds <= len(labels):
        raise ValueError(f"folds: expected 2 to {len(labels)}, the number of images, got {folds}")
    rng = np.random.RandomState(seed)
    fold = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        at = rng.permutation(np.flatnonzero(labels == label))
        fold[at] = (np.arange(len(at)) + rng.randint(folds)) % folds
    return fold


def out_of_fold_accuracy(
    explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> float:
    """Return the PublicTest accuracy of weights that are fitted, for each fold, on the other folds.

    Raises ValueError for an unknown name, and for weights that a person sets.
    """
    fit, chosen = fit_of(weighting), known(COMBINERS, "combiner", combiner)
    part, at = explorer.part("valid"), explorer.positions(members)
    logs, probabilities = part.logs[at], part.probabilities[at]
    fold, right = stratified_folds(part.labels, folds=folds, seed=seed), 0
    for number in range(folds):
        inside = fold == number
        weights = fit(probabilities[:, ~inside], part.labels[~inside])
        decided = chosen.combine(logs[:, inside], weights)
        right += int((decided.labels == part.labels[inside]).sum())
    return right / len(part.labels)
