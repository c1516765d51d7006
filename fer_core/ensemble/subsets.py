"""The subset of the members that is best on PublicTest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import outputs_of
from fer_core.ensemble.every_subset import every_subset, not_for_every_subset, subsetting, tallied
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import stratified_folds
from fer_core.ensemble.outcome import Setting
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, fit_of, known, normalised


@dataclass(frozen=True)
class Ranked:
    """A setting and the share of PublicTest images that it gets right, its weights being fitted without them."""

    setting: Setting
    valid_accuracy: float


def out_of_fold_subsets(
    explorer: Explorer, weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> NDArray[np.float64]:
    """Return the out-of-fold PublicTest accuracy of every subset of all members: float64 [2^M].

    Numbered as by `EverySubset`; each is `out_of_fold_accuracy` of its members to the last bit.  Raises ValueError for
    a scheme that cannot be scored for every subset, and for weights that a person sets.
    """
    fit = fit_of(weighting)
    if why := not_for_every_subset(weighting, combiner):
        raise ValueError(f"combiner: {why}")
    if not WEIGHTINGS[weighting].fitted:
        return every_subset(explorer, Setting(explorer.members, weighting, combiner, split="valid")).accuracy
    part, chosen = explorer.part("valid"), known(COMBINERS, "combiner", combiner)
    fold, right = stratified_folds(part.labels, folds=folds, seed=seed), np.zeros(1 << len(explorer.members))
    for number in range(folds):
        inside = fold == number
        raw, logs = fit(part.probabilities[:, ~inside], part.labels[~inside]), part.logs[:, inside]

        def decided(at: list[int], raw: Weights = raw, logs: NDArray[np.float64] = logs) -> NDArray[np.int64]:
            return chosen.combine(logs[at], raw[at]).labels

        weights, labels = normalised(raw), part.labels[inside]
        right += tallied(combiner, outputs_of(logs), weights, labels, decided)[0]
    accuracy: NDArray[np.float64] = right / len(part.labels)
    return accuracy


def ranked_subsets(explorer: Explorer, weighting: str, combiner: str) -> list[Ranked]:
    """Score all subsets of at least one member on PublicTest, best first; fewer members win a tie.

    Weights that are fitted there are scored out of fold.
    """
    accuracy = out_of_fold_subsets(explorer, weighting, combiner).tolist()
    everyone = Setting(explorer.members, weighting, combiner, split="valid")
    found = [(-accuracy[number], inside) for number, inside in enumerate(_inside(len(everyone.members))) if inside]
    found.sort(key=lambda each: (each[0], len(each[1]), each[1]))
    return [Ranked(subsetting(everyone, inside), -negative) for negative, inside in found]


def _inside(members: int) -> list[tuple[int, ...]]:
    """Return the members of every subset of so many."""
    return [tuple(np.flatnonzero(number >> np.arange(members) & 1).tolist()) for number in range(1 << members)]


def searchable() -> list[tuple[str, str]]:
    """Return the schemes, weighting and combiner, under which every subset can be scored, the simplest first."""
    return [
        (weighting, combiner)
        for weighting, entry in WEIGHTINGS.items()
        for combiner in COMBINERS
        if entry.fit is not None and not_for_every_subset(weighting, combiner) is None
    ]


def choose(explorer: Explorer) -> Ranked:
    """Return subset, weighting and combiner that are together best on PublicTest, out of fold.

    Schemes are those of `searchable`.  A tie goes to fewer members, then to the earlier weighting and combiner of the
    registries, the simpler ones.
    """
    firsts = [ranked_subsets(explorer, weighting, combiner)[0] for weighting, combiner in searchable()]
    return min(firsts, key=lambda ranked: (-ranked.valid_accuracy, len(ranked.setting.members)))
