"""All subsets of an ensemble's members as points, and what it is worth to choose among them on PublicTest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.subsets.every import LARGEST, every_subset, not_for_every_subset, subsetting
from fer_core.ensemble.weightings import Weights

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class BySize:
    """Subsets of each size: sizes int64 [K], ascending; accuracies in shares, float64 [K]."""

    sizes: Numbers
    mean: Array
    best: Array
    worst: Array


@dataclass(frozen=True, eq=False)
class AllSubsets:
    """Every subset of some members that has weight for each class, under one scheme and on the same images.

    members : those of any weight, in the explorer's order; images : how many
    numbers : int64 [S], ascending, bit i of each stands for member i; accuracy : shares float64 [S]
    """

    members: tuple[str, ...]
    images: int
    numbers: Numbers
    accuracy: Array

    @property
    def sizes(self) -> Numbers:
        """Members of each subset, int64 [S]."""
        return np.bitwise_count(self.numbers).astype(np.int64)

    def names(self, at: int) -> tuple[str, ...]:
        """Return the members of the subset at a position."""
        return tuple(name for i, name in enumerate(self.members) if int(self.numbers[at]) >> i & 1)

    def find(self, names: Sequence[str]) -> int | None:
        """Return the position of a subset, None for one that is not there; names without weight are ignored."""
        number = sum(1 << i for i, name in enumerate(self.members) if name in names)
        at = int(np.searchsorted(self.numbers, number))
        return at if number and at < len(self.numbers) and self.numbers[at] == number else None

    def sums(self, costs: Sequence[float]) -> Array:
        """Return what each subset costs, float64 [S], if every member costs what is said, [M]."""
        inside = self.numbers[:, None] >> np.arange(len(self.members)) & 1
        found: Array = inside @ np.asarray(costs, float)
        return found

    def within(self, names: Collection[str]) -> "AllSubsets":
        """Return the subsets that hold none but the named members, itself where that is all of them."""
        if set(self.members) <= set(names):
            return self
        kept = [i for i, name in enumerate(self.members) if name in names]
        inside = self.numbers & ~sum(1 << i for i in kept) == 0
        numbers, before = np.zeros(int(inside.sum()), np.int64), self.numbers[inside]
        for to, i in enumerate(kept):
            numbers |= (before >> i & 1) << to
        return AllSubsets(tuple(self.members[i] for i in kept), self.images, numbers, self.accuracy[inside])

    def by_size(self) -> BySize:
        """Return mean, best and worst accuracy of the subsets of each size."""
        sizes = np.unique(self.sizes)
        groups = [self.accuracy[self.sizes == size] for size in sizes]
        mean, best, worst = (np.array([of(group) for group in groups]) for of in (np.mean, np.max, np.min))
        return BySize(sizes, mean, best, worst)

    def some(self, most: int) -> Numbers:
        """Return positions of about `most` subsets, all if there are not more: of each size evenly, worst to best."""
        if len(self.numbers) <= most:
            return np.arange(len(self.numbers))
        sizes, share = self.sizes, most / len(self.numbers)
        found = []
        for size in np.unique(sizes):
            inside = np.flatnonzero(sizes == size)
            ranks = np.linspace(0, len(inside) - 1, max(min(len(inside), 2), round(share * len(inside))))
            found.append(inside[np.argsort(self.accuracy[inside], kind="stable")][ranks.round().astype(int)])
        return np.sort(np.concatenate(found))

    def first(self) -> int:
        """Return the position of the best subset; fewer members win a tie, then the earlier ones."""
        tied = np.flatnonzero(self.accuracy == self.accuracy.max()).tolist()
        return min(tied, key=lambda at: (int(self.sizes[at]), [self.members.index(name) for name in self.names(at)]))

    def rank(self, at: int) -> int:
        """Return how many subsets are better than the one at a position, and one: 1 for the best."""
        return int((self.accuracy > self.accuracy[at]).sum()) + 1


def scorable(setting: Setting) -> bool:
    """Tell whether all subsets of a setting's members can be scored at once.

    They can where the combiner decides by sums over members, and no member's weight depends on which others are on.
    """
    return len(setting.members) <= LARGEST and not_for_every_subset(setting.weighting, setting.combiner) is None


def all_subsets(explorer: Explorer, setting: Setting) -> AllSubsets:
    """Score all subsets of a setting's members on its images; raises ValueError where it is not `scorable`."""
    if not scorable(setting):
        raise ValueError(f"setting: expected one whose subsets can be scored at once, got {setting}")
    order = np.argsort(explorer.positions(setting.members))
    weights = explorer.weights(setting)
    setting = subsetting(setting, [i for i in order.tolist() if weights[i].any()])
    served = _served(explorer.weights(setting))
    found = every_subset(explorer, setting)
    return AllSubsets(found.members, found.images, np.flatnonzero(served).astype(np.int64), found.accuracy[served])


def _served(weights: Weights) -> NDArray[np.bool_]:
    """Tell which subsets of M members have some weight for each class: bool [2^M]."""
    numbers = np.arange(1 << len(weights))
    found = numbers > 0
    for column in weights.T.tolist():
        found &= numbers & sum(1 << i for i, weight in enumerate(column) if weight > 0) != 0
    return found


@dataclass(frozen=True)
class SplitAgreement:
    """How far the order of subsets on PublicTest holds on PrivateTest.

    slope : points ahead on PrivateTest for each point ahead on PublicTest, by least squares; correlation : Pearson's
    both None where all subsets tie on a split; upper : the correlation among the best tenth on PublicTest alone
    chosen, best : positions of the subsets that are best on PublicTest and on PrivateTest
    """

    slope: float | None
    correlation: float | None
    upper: float | None
    chosen: int
    best: int


TENTH, FEWEST = 10, 20
"""The part of all subsets that is the upper one, and how few subsets of it are too few for a correlation."""


def split_agreement(valid: AllSubsets, test: AllSubsets) -> SplitAgreement:
    """Compare the same subsets on PublicTest and on PrivateTest; raises ValueError for others."""
    if valid.members != test.members or not np.array_equal(valid.numbers, test.numbers):
        raise ValueError("test: expected the subsets of valid, got others")
    first, second = valid.accuracy, test.accuracy
    correlation = _correlation(first, second)
    slope = None if correlation is None else correlation * float(second.std() / first.std())
    upper = np.argsort(-first, kind="stable")[: len(first) // TENTH]
    high = _correlation(first[upper], second[upper]) if len(upper) >= FEWEST else None
    return SplitAgreement(slope, correlation, high, valid.first(), test.first())


def _correlation(first: Array, second: Array) -> float | None:
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
