"""Choosing members on PublicTest: the best subset, greedily in or out, by what they cost, and where paths lead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Setting, outputs_of
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import out_of_fold_of_all, stratified_folds
from fer_core.ensemble.schemes import FOR_EVERY_WEIGHTING, schemes
from fer_core.ensemble.subsets.all_subsets import Cloud
from fer_core.ensemble.subsets.contributions import members_of
from fer_core.ensemble.subsets.every import every_subset, most_members, not_for_every_subset, subsetting, tallied
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, fit_of, known, normalised

Array = NDArray[np.float64]

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

    Weights that are fitted there are scored out of fold.  Arguments and errors are those of `out_of_fold_subsets`.

    Examples
    --------
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

    Examples
    --------
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


def forward(explorer: Explorer, combiner: str, *, steps: int = 20, twins: bool = True) -> list[Ranked]:
    """Return the ensembles of greedy forward selection with replacement (Caruana et al. 2004, "Ensemble selection").

    Each step takes once more the member with which the ensemble is best on PublicTest, the first of those that tie; a
    member weighs as often as it was taken.  Settings have the weighting "manual" with these counts.

    twins : False chooses without the PublicTest images that have a twin in Training
    """
    if steps < 1:
        raise ValueError(f"steps: expected at least 1, got {steps}")
    counts, path = dict.fromkeys(explorer.members, 0), []
    labels = explorer.part("valid", twins=twins).labels

    def taken(name: str) -> Ranked:
        now = {member: count + (member == name) for member, count in counts.items()}
        some = {member: float(count) for member, count in now.items() if count}
        setting = Setting(tuple(some), "manual", combiner, tuple(some.values()), "valid", twins)
        return Ranked(setting, int((explorer.decide(setting).labels == labels).sum()) / len(labels))

    for _ in range(steps):
        tried = {name: taken(name) for name in explorer.members}
        name = max(tried, key=lambda member: tried[member].valid_accuracy)
        counts[name] += 1
        path.append(tried[name])
    return path


def backward(values: Array) -> list[int]:
    """Return the subsets of greedy backward elimination, from the whole down to one member.

    values : of all subsets, float64 [2^M], numbered as by `EverySubset`
    Each step leaves out the member without which the value is highest, the first of those that tie.
    """
    whole = (1 << members_of(values)) - 1
    path = [whole]
    while path[-1] & (path[-1] - 1):
        smaller = [path[-1] & ~(1 << i) for i in range(whole.bit_length()) if path[-1] >> i & 1]
        path.append(max(smaller, key=lambda subset: float(values[subset])))
    return path


def front(costs: Sequence[float] | Array, values: Sequence[float] | Array) -> list[int]:
    """Return the Pareto front: positions of what is better than all that costs no more, the cheapest first."""
    costs, values = np.asarray(costs, float), np.asarray(values, float)
    if costs.shape != values.shape or costs.ndim != 1:
        raise ValueError(f"values: expected one for each cost, {list(costs.shape)}, got {list(values.shape)}")
    found: list[int] = []
    for i in np.lexsort((-values, costs)).tolist():
        if not found or values[i] > values[found[-1]]:
            found.append(i)
    return found


@dataclass(frozen=True)
class Step:
    """One ensemble on a path.

    changed : the member that was taken or left out to get here, None where the path begins with all members
    counts : how often each member was taken, ones where members are left out; valid, test : accuracy, shares
    """

    changed: str | None
    members: tuple[str, ...]
    counts: tuple[int, ...]
    valid: float
    test: float


def can_weigh(combiner: str) -> bool:
    """Tell whether counts can be weights under a combiner, and whether a path under it takes no fit for each step."""
    found = known(COMBINERS, "combiner", combiner)
    return found.weighs and found.fit is None


def grown(explorer: Explorer, combiner: str, *, steps: int = 20, twins: bool = True) -> list[Step]:
    """Return the path of `forward`; twins : False leaves out, on both splits, images with a twin in Training."""
    labels, path, before = explorer.part("test", twins=twins).labels, [], dict[str, int]()
    for ranked in forward(explorer, combiner, steps=steps, twins=twins):
        setting = ranked.setting
        counts = {name: round(count) for name, count in zip(setting.members, setting.manual, strict=True)}
        changed = next(name for name, count in counts.items() if count != before.get(name, 0))
        right = explorer.decide(replace(setting, split="test")).labels == labels
        test = int(right.sum()) / len(labels)
        path.append(Step(changed, setting.members, tuple(counts.values()), ranked.valid_accuracy, test))
        before = counts
    return path


def shrunk(valid: Cloud, test: Cloud) -> list[Step]:
    """Return the path of `backward` through subsets scored on both splits; it ends where no subset of it has weight.

    Raises ValueError where the two clouds are not of the same subsets.
    """
    if not np.array_equal(valid.numbers, test.numbers) or valid.members != test.members:
        raise ValueError("test: expected the subsets of valid, got others")
    values = np.full(1 << len(valid.members), -1.0)
    values[valid.numbers] = valid.accuracy
    path, before = list[Step](), valid.members
    for number in backward(values):
        names = tuple(name for i, name in enumerate(valid.members) if number >> i & 1)
        at = valid.find(names)
        if at is None:
            break
        changed = next((name for name in before if name not in names), None)
        path.append(Step(changed, names, (1,) * len(names), float(valid.accuracy[at]), float(test.accuracy[at])))
        before = names
    return path
