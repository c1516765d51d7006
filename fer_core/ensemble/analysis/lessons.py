"""What teaches why an ensemble gains: copies of a member, errors that all share, weights fitted on the test set."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Outputs
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import stratified_folds
from fer_core.ensemble.weightings import Weights, fit_of, known, normalised


def of_copies(explorer: Explorer, member: str, count: int, *, combiner: str = "mean_probability") -> float:
    """Return the share of PrivateTest that equally weighted copies of one member get right together.

    A combiner that learns may find copies other than one.  Raises ValueError for an unknown member or combiner, and for
    fewer than one copy.
    """
    if count < 1:
        raise ValueError(f"count: expected at least one copy, got {count}")
    at, rule = explorer.positions([member]) * count, known(COMBINERS, "combiner", combiner)
    valid, test = explorer.part("valid"), explorer.part("test")
    pool = rule.ready(valid.outputs.take(at), valid.labels)
    weights = normalised(np.ones((count, len(explorer.classes))))
    return _right(pool(test.outputs.take(at), weights).labels, test.labels)


@dataclass(frozen=True)
class SharedErrors:
    """PrivateTest images on which every member errs: how many, and how many it would be by chance.

    by_chance : if, within each true class, members erred independently as often as they do
    """

    images: int
    by_chance: float


def shared_errors(explorer: Explorer, members: tuple[str, ...]) -> SharedErrors:
    """Count the images on which all the named members err; raises ValueError for none or an unknown one."""
    part = explorer.part("test")
    wrong = ~part.right[explorer.positions(members)]
    by_chance = 0.0
    for label in np.unique(part.labels):
        own = wrong[:, part.labels == label]
        by_chance += own.shape[1] * float(own.mean(axis=1).prod())
    return SharedErrors(int(wrong.all(axis=0).sum()), by_chance)


@dataclass(frozen=True)
class Leakage:
    """Shares of PrivateTest that a weighting gets right, by where its weights were fitted.

    honest : on PublicTest; leaked : on PrivateTest itself; unseen : on the one half of PrivateTest, and scored on the
    other, for both halves
    """

    honest: float
    leaked: float
    unseen: float


def leakage(
    explorer: Explorer, members: tuple[str, ...], weighting: str, *, combiner: str = "mean_probability", seed: int = 0
) -> Leakage:
    """Score weights that were fitted on what they are scored on, beside honest ones: a lesson, never a result.

    Raises ValueError for an unknown name, for weights that a person sets, and for fewer than two images.
    """
    fit, rule, at = fit_of(weighting), known(COMBINERS, "combiner", combiner), sorted(explorer.positions(members))
    valid, test = explorer.part("valid"), explorer.part("test")
    pool = rule.ready(valid.outputs.take(at), valid.labels)
    told, labels = test.outputs.take(at), test.labels

    def fitted(outputs: Outputs, to: NDArray[np.int64]) -> Weights:
        return normalised(fit(np.stack(outputs.probabilities), to))

    unseen, half = np.empty_like(labels), stratified_folds(labels, folds=2, seed=seed)
    for number in (0, 1):
        outside, inside = np.flatnonzero(half != number), np.flatnonzero(half == number)
        unseen[inside] = pool(told.images(inside), fitted(told.images(outside), labels[outside])).labels
    return Leakage(
        honest=_right(pool(told, fitted(valid.outputs.take(at), valid.labels)).labels, labels),
        leaked=_right(pool(told, fitted(told, labels)).labels, labels),
        unseen=_right(unseen, labels),
    )


def _right(decided: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    return int((decided == labels).sum()) / len(labels)
