"""Out-of-fold PublicTest accuracy: what a scheme reaches on images it was not fitted on."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Decision, outputs_of
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.weightings import fit_of, known, normalised


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


def out_of_fold(
    explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> Decision:
    """Return what a scheme says of each PublicTest image after it was fitted on the other folds.

    Its weights are fitted there, and what the combiner learns.  Raises ValueError for an unknown name, and for weights
    that a person sets.
    """
    fit, chosen = fit_of(weighting), known(COMBINERS, "combiner", combiner)
    part, at = explorer.part("valid"), sorted(explorer.positions(members))
    logs, probabilities = part.logs[at], part.probabilities[at]
    labels, shares = np.empty_like(part.labels), np.empty(part.logs.shape[1:])
    fold = stratified_folds(part.labels, folds=folds, seed=seed)
    for number in range(folds):
        inside = fold == number
        elsewhere = part.labels[~inside]
        weights = normalised(fit(probabilities[:, ~inside], elsewhere))
        pool = chosen.ready(outputs_of(logs[:, ~inside]), elsewhere)
        decided = pool(outputs_of(logs[:, inside]), weights)
        labels[inside], shares[inside] = decided.labels, decided.shares
    return Decision(labels, shares)


def out_of_fold_accuracy(
    explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> float:
    """Return the share of PublicTest images that a scheme gets right which was fitted without them."""
    labels = explorer.part("valid").labels
    decided = out_of_fold(explorer, members, weighting, combiner, folds=folds, seed=seed).labels
    return int((decided == labels).sum()) / len(labels)
