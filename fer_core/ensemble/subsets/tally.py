"""How many images every subset of some members gets right, in blocks that stay in a processor's cache.

Subsets are numbered: number s holds member i where bit i of s is set.

Most combiners decide by sums over members, so that a subset with one member more costs an addition, not a recompute.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import FLOOR, Outputs
from fer_core.ensemble.fixed_combiners import points
from fer_core.ensemble.weightings import Weights

Array = NDArray[np.float64]
Positions = NDArray[np.intp]


def doubled(values: Array) -> Array:
    """Return the sums of values [...,M,N] over every subset of the M members, all at once: [...,2^M,N]."""
    members = values.shape[-2]
    sums = np.zeros((*values.shape[:-2], 1 << members, values.shape[-1]))
    for i in range(members):
        np.add(sums[..., : 1 << i, :], values[..., i : i + 1, :], out=sums[..., 1 << i : 2 << i, :])
    return sums


def walked(values: Array, total: Array, subset: int = 0) -> Iterator[tuple[int, Array]]:
    """Yield each subset of the M members of values [...,M,N] and its sum on top of a total, one by one and in order."""
    last = values.shape[-2] - 1
    if last < 0:
        yield subset, total
        return
    yield from walked(values[..., :last, :], total, subset)
    yield from walked(values[..., :last, :], total + values[..., last, :], subset | 1 << last)


@dataclass(frozen=True)
class Additive:
    """One combiner, taken apart.

    terms : what it sums, K arrays [n,C] of one member's outputs on the images at some positions
    lead : sums [K,C,S,n] of S subsets under normalised weights, the true class first, which may be written over -> by
        how much the true class leads, [S,n], and which subsets this cannot tell for sure, bool [S]
    log_share : the same sums -> the log of the true class's share, [S,n]; None for shares that can be zero
    """

    terms: Callable[[Outputs, int, Positions], tuple[Array, ...]]
    lead: Callable[[Array], tuple[Array, NDArray[np.bool_]]]
    log_share: Callable[[Array], Array] | None


def evidence(combiner: str, outputs: Outputs, weights: Weights, at: Positions, order: Positions) -> Array:
    """Return what M members add on the images at some positions, weights [M,C] included: [K,C,M,n].

    order : of the classes in it
    """
    terms = ADDITIVE[combiner].terms
    kinds = len(terms(outputs, 0, at[:0]))
    found = np.empty((kinds, len(order), len(weights), len(at)))
    for m, weight in enumerate(weights):
        for k, term in enumerate(terms(outputs, m, at)):
            found[k, :, m] = (term * weight).T[order]
    return found


def _lead(sums: Array) -> tuple[Array, NDArray[np.bool_]]:
    return sums[0, 0] - sums[0, 1:].max(axis=0), np.zeros(sums.shape[2], bool)


def _vote_lead(sums: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Compare mean probabilities among the classes that share the most votes, as `hard_vote` does."""
    votes, pooled = sums
    most = votes.max(axis=0)
    votes -= most * (1 - 1e-9)
    np.copyto(pooled, -1.0, where=votes < 0)
    # Rounding decides what is neither clearly tied nor clearly behind.
    unsure = (np.abs(votes) < most * 0.5e-9).any(axis=(0, 2))
    return pooled[0] - pooled[1:].max(axis=0), unsure


def _log_of_mean(sums: Array) -> Array:
    logs: Array = np.log(sums[0, 0] / sums[0].sum(axis=0))
    return logs


def _log_of_geometric_mean(sums: Array) -> Array:
    shifted = sums[0] - sums[0].max(axis=0)
    logs: Array = shifted[0] - np.log(np.exp(shifted).sum(axis=0))
    return logs


def _points(outputs: Outputs, member: int, at: Positions) -> tuple[Array, Array]:
    return points(outputs.logs[member][at]), outputs.probabilities[member][at]


def _votes(outputs: Outputs, member: int, at: Positions) -> tuple[Array, Array]:
    votes = np.zeros((len(at), outputs.logs[member].shape[1]))
    votes[np.arange(len(at)), outputs.firsts[member][at]] = 1
    return votes, outputs.probabilities[member][at]


ADDITIVE: dict[str, Additive] = {
    "mean_probability": Additive(lambda outputs, m, at: (outputs.probabilities[m][at],), _lead, _log_of_mean),
    "mean_log_probability": Additive(lambda outputs, m, at: (outputs.logs[m][at],), _lead, _log_of_geometric_mean),
    "hard_vote": Additive(_votes, _vote_lead, None),
    "borda": Additive(_points, _vote_lead, None),
}
"""The combiners that decide by sums, taken apart, by the names of `COMBINERS`."""


LOW, MIDDLE, IMAGES = 4, 7, 256
"""Members whose subsets are scored at one stroke, further members whose subsets one thread walks through, and images
scored together: measured on nine and on sixteen members."""
ROUNDING = 1e-12
"""Far more than sums of at most 16 float64 can be off, for terms of at most one."""


class Tally:
    """Scores of the 2^M subsets of M members, filled by threads that each write to subsets of their own.

    correct : images that each subset gets right, int32 [2^M]; unsure : whether rounding could tip that, bool [2^M]
    log_shares : sum over images of the log of the true class's share, float64 [2^M]; None where it is not wanted
    """

    def __init__(
        self, combiner: str, outputs: Outputs, weights: Weights, labels: NDArray[np.int64], *, likelihood: bool
    ) -> None:
        self.combiner, self.outputs, self.weights, self.labels = combiner, outputs, weights, labels
        self._way, subsets = ADDITIVE[combiner], 1 << len(weights)
        settled, self._images = 0, np.arange(len(labels))
        self.log_shares = np.zeros(subsets) if likelihood and self._way.log_share else None
        if self.log_shares is None:
            settled, self._images = undecided(outputs, labels)
        self.correct, self.unsure = np.full(subsets, settled, np.int32), np.zeros(subsets, bool)
        self._tolerance = ROUNDING * max(1.0, *(-float(logs.min()) for logs in outputs.logs))

    def fill(self, threads: int | None = None) -> None:
        """Score all subsets; NumPy lets threads run side by side.

        threads : as many as there are processors if None
        """
        firsts = range(0, len(self.correct), 1 << LOW + MIDDLE)
        with ThreadPoolExecutor(min(threads or os.cpu_count() or 1, len(firsts))) as pool:
            list(pool.map(self._range, firsts))

    def _range(self, first: int) -> None:
        """Score the subsets from number `first` to the next one that a thread begins with."""
        held = first >> np.arange(len(self.weights)) & 1
        weight = doubled(self.weights.T[:, : LOW + MIDDLE, None])[..., 0] + (self.weights.T * held).sum(axis=1)[:, None]
        # A subset without any weight for some class comes out as nonsense here and is seen to by the caller.
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = 1 / weight
            for at, order in self._blocks():
                added, low = evidence(self.combiner, self.outputs, self.weights, at, order), _low(len(at))
                table = doubled(added[:, :, :low])
                above = (added[:, :, LOW + MIDDLE :] * held[LOW + MIDDLE :, None]).sum(axis=2)
                sums, width = np.empty_like(table), table.shape[2]
                for middle, total in walked(added[:, :, low : LOW + MIDDLE], above):
                    start = middle << low
                    np.add(table, total[:, :, None], out=sums)
                    sums *= inverse[order, start : start + width, None]
                    self._score(sums, slice(first + start, first + start + width))

    def _score(self, sums: NDArray[np.float64], here: slice) -> None:
        """Add what some images say of some subsets: sums [K,C,S,n]."""
        if self.log_shares is not None and self._way.log_share is not None:
            self.log_shares[here] += self._way.log_share(sums).sum(axis=1)
        lead, unsure = self._way.lead(sums)
        self.correct[here] += (lead > self._tolerance).sum(axis=1, dtype=np.int32)
        self.unsure[here] |= unsure | (np.abs(lead) <= self._tolerance).any(axis=1)

    def _blocks(self) -> Iterator[tuple[Positions, Positions]]:
        """Yield images of one true class, few at a time and about equally many, and all classes with that one first."""
        labels, classes = self.labels[self._images], self.weights.shape[1]
        for true in np.unique(labels).tolist():
            own = self._images[labels == true]
            order = np.array([true, *(c for c in range(classes) if c != true)])
            for few in np.array_split(own, -(-len(own) // IMAGES)):
                yield few, order


def _low(images: int) -> int:
    """Return how many members' subsets are scored at one stroke: more where images are few."""
    return min(LOW + MIDDLE, LOW + max(0, int(np.log2(IMAGES / images))))


def undecided(outputs: Outputs, labels: NDArray[np.int64]) -> tuple[int, Positions]:
    """Return how many images every ensemble of these members gets right, and the positions of those it may depend on.

    An image is settled where every member gives the true class more than any member gives any other class, or some
    other class more than any member gives the true one: no weighted mean turns that round, and no vote.
    """
    least, most, at = outputs.logs[0].copy(), outputs.logs[0].copy(), np.arange(len(labels))
    for logs in outputs.logs[1:]:
        np.minimum(least, logs, out=least)
        np.maximum(most, logs, out=most)
    for bound in (least, most):
        np.maximum(bound, FLOOR, out=bound)
    own = least[at, labels].copy(), most[at, labels].copy()
    least[at, labels] = most[at, labels] = -np.inf
    margin = -ROUNDING * FLOOR
    right, wrong = own[0] > most.max(axis=1) + margin, least.max(axis=1) > own[1] + margin
    return int(right.sum()), np.flatnonzero(~(right | wrong))
