"""The subset of the members that is best on PublicTest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Setting, outputs_of
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import out_of_fold_of_all, stratified_folds
from fer_core.ensemble.schemes import FOR_EVERY_WEIGHTING, schemes
from fer_core.ensemble.subsets.every import every_subset, most_members, not_for_every_subset, subsetting, tallied
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, fit_of, known, normalised

FEWER = 4
"""By how many members fewer than for one scheme `choose`, which tries many, tries every subset: about as long."""


@dataclass(frozen=True)
class Ranked:
    """A setting and the share of PublicTest images that it gets right, its weights being fitted without them."""

    setting: Setting
    valid_accuracy: float


def out_of_fold_subsets(
    explorer: Explorer, weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> NDArray[np.float64]:
    """Return the out-of-fold PublicTest accuracy of every subset of all members: float64 [2^M].

    Parameters
    ----------
    explorer
        The members and their logits.
    weighting, combiner
        Names of `WEIGHTINGS` and of `COMBINERS`.
    folds, seed
        As for `stratified_folds`.

    Returns
    -------
    float64 [2^M]
        Numbered as by `EverySubset`; each is `out_of_fold_accuracy` of its members to the last bit.

    Raises
    ------
    ValueError
        For a scheme that cannot be scored for every subset, and for weights that a person sets.

    Examples
    --------
    With the explorer of the example of `Explorer`: none, the first member, the second, and both.

    >>> out_of_fold_subsets(explorer, "equal", "mean_probability").round(2).tolist()
    [0.5, 0.67, 0.67, 0.83]
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

    Parameters
    ----------
    explorer, weighting, combiner
        As for `out_of_fold_subsets`, which names the errors too.

    Returns
    -------
    list of Ranked
        One for each of the 2^M - 1 subsets.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> [ranked.setting.members for ranked in ranked_subsets(explorer, "equal", "mean_probability")]
    [('a', 'b'), ('a',), ('b',)]
    """
    accuracy = out_of_fold_subsets(explorer, weighting, combiner)
    numbers = sorted(range(1, len(accuracy)), key=lambda number: _rank(accuracy, number))
    return [_ranked(explorer, weighting, combiner, accuracy, number) for number in numbers]


def _rank(accuracy: NDArray[np.float64], number: int) -> tuple[float, int, tuple[int, ...]]:
    inside = _inside(number)
    return -float(accuracy[number]), len(inside), inside


def _inside(number: int) -> tuple[int, ...]:
    """Return the positions of a subset's members."""
    return tuple(i for i in range(number.bit_length()) if number >> i & 1)


def _ranked(explorer: Explorer, weighting: str, combiner: str, accuracy: NDArray[np.float64], number: int) -> Ranked:
    everyone = Setting(explorer.members, weighting, combiner, split="valid")
    return Ranked(subsetting(everyone, _inside(number)), float(accuracy[number]))


def best_subset(explorer: Explorer, weighting: str, combiner: str) -> Ranked:
    """Return the first of `ranked_subsets`.

    Parameters
    ----------
    explorer, weighting, combiner
        As for `out_of_fold_subsets`, which names the errors too.

    Returns
    -------
    Ranked
        The subset as a setting, and its accuracy.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> best_subset(explorer, "equal", "mean_probability").setting.members
    ('a', 'b')
    """
    accuracy = out_of_fold_subsets(explorer, weighting, combiner)
    best = 1 + np.flatnonzero(accuracy[1:] == accuracy[1:].max())
    return _ranked(
        explorer, weighting, combiner, accuracy, min(best.tolist(), key=lambda number: _rank(accuracy, number))
    )


def searchable() -> list[tuple[str, str]]:
    """Return the schemes, weighting and combiner, that are searched for the best ensemble, the simplest first.

    Of `schemes` they are those with a rule that is shown under every weighting, if every subset can be scored.

    Returns
    -------
    list of (str, str)
        Names of `WEIGHTINGS` and of `COMBINERS`.

    Examples
    --------
    >>> searchable()[0]
    ('equal', 'mean_probability')
    """
    return [
        (weighting, combiner)
        for weighting, combiner in schemes()
        if combiner in FOR_EVERY_WEIGHTING and not_for_every_subset(weighting, combiner) is None
    ]


def choose(explorer: Explorer) -> Ranked:
    """Return subset, weighting and combiner that are together best on PublicTest, out of fold.

    Schemes are those of `searchable`.  A tie goes to fewer members, then to the earlier weighting and combiner of the
    registries, the simpler ones.  Of more members than `searched`, all are taken, under the weighting with which their
    mean probability is best; greedy selection is one of these.

    Parameters
    ----------
    explorer
        The members and their logits.

    Returns
    -------
    Ranked
        Its setting, which is scored on "valid", and its accuracy there.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> choose(explorer).setting.members
    ('a', 'b')
    """
    if len(explorer.members) > searched(explorer):
        return _best_weighting(explorer)
    firsts = [best_subset(explorer, weighting, combiner) for weighting, combiner in searchable()]
    return min(firsts, key=lambda ranked: (-ranked.valid_accuracy, len(ranked.setting.members)))


def searched(explorer: Explorer) -> int:
    """Return of how many members `choose` tries every subset: 12 of a few thousand images, fewer of large data."""
    return max(1, most_members(explorer) - FEWER)


def _best_weighting(explorer: Explorer) -> Ranked:
    part = explorer.part("valid")
    pairs = [(name, FOR_EVERY_WEIGHTING[0]) for name, entry in WEIGHTINGS.items() if entry.fit is not None]
    decided = out_of_fold_of_all(explorer, explorer.members, pairs)
    right = {pair: int((decision.labels == part.labels).sum()) for pair, decision in decided.items()}
    best = max(pairs, key=lambda pair: right[pair])
    return Ranked(Setting(explorer.members, *best, split="valid"), right[best] / len(part.labels))
