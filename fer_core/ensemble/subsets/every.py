"""Accuracy and log-likelihood of every subset of an ensemble's members."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Outputs, Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.subsets.tally import ADDITIVE, Tally
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, known

LARGEST = 16
"""Most members: their 65,536 subsets take a second or two, and each further member doubles that."""
WORK = 2**31
"""Shares (subsets x images x classes) that are summed in a few seconds; a sixteenth of it where classes are `MANY`."""
MANY = 50


@dataclass(frozen=True, eq=False)
class EverySubset:
    """Scores of all subsets of M members under one scheme, on the same images.

    Subset number s holds member i where bit i of s is set.  Number 0 is the empty ensemble, which guesses uniformly,
    and a subset without any weight for some class counts as empty.

    members : in the explorer's order; images : how many
    accuracy : shares float64 [2^M], those of `Explorer.recompute` to the last bit
    log_likelihood : mean log of the true class's share in nats, float64 [2^M]; None where it was not asked for, and for
        votes, which may give the true class no share at all
    """

    members: tuple[str, ...]
    images: int
    accuracy: NDArray[np.float64]
    log_likelihood: NDArray[np.float64] | None

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Members of each subset, int64 [2^M]."""
        return np.bitwise_count(np.arange(len(self.accuracy))).astype(np.int64)

    def names(self, subset: int) -> tuple[str, ...]:
        """Return the members of a subset, in order."""
        return tuple(name for i, name in enumerate(self.members) if subset >> i & 1)

    def number(self, names: Sequence[str]) -> int:
        """Return which subset holds the named members; raises ValueError for one that is not a member."""
        return sum(1 << self.members.index(name) for name in set(names))


def every_subset(
    explorer: Explorer, setting: Setting, *, likelihood: bool = False, threads: int | None = None
) -> EverySubset:
    """Score every subset of a setting's members, each by its share of the setting's weights, on the setting's images.

    likelihood : with log-likelihoods; threads : to work on it, as many as there are processors if None
    Sums run in float64, but in another order than the explorer's: a subset in which rounding could tip a decision is
    left to the explorer itself.
    """
    if why := not_for_every_subset(setting.weighting, setting.combiner):
        raise ValueError(f"setting: {why}")
    at = explorer.positions(setting.members)
    setting = subsetting(setting, np.argsort(at).tolist())
    part, weights = explorer.part(setting.split, twins=setting.twins), explorer.weights(setting)

    def decided(inside: list[int]) -> NDArray[np.int64]:
        return explorer.decide(subsetting(setting, inside)).labels

    outputs = part.outputs.take(sorted(at))
    correct, logs = tallied(
        setting.combiner, outputs, weights, part.labels, decided, likelihood=likelihood, threads=threads
    )
    empty, images, classes = weightless(weights), len(part.labels), weights.shape[1]
    accuracy = correct / images
    accuracy[empty] = 1 / classes
    if logs is not None:
        logs /= images
        logs[empty] = -math.log(classes)
    return EverySubset(setting.members, images, accuracy, logs)


def most_members(explorer: Explorer) -> int:
    """Return of how many members every subset is scored within seconds: at most `LARGEST`, fewer of large data."""
    images = max(len(explorer.part(split).labels) for split in ("valid", "test"))
    classes = len(explorer.classes)
    subsets = WORK // (16 if classes > MANY else 1) // (images * classes)
    return min(LARGEST, max(1, subsets.bit_length() - 1))


def not_for_every_subset(weighting: str, combiner: str) -> str | None:
    """Return why not every subset can be scored under a scheme, None where it can."""
    if known(WEIGHTINGS, "weighting", weighting).joint:
        return f"{WEIGHTINGS[weighting].title} weights are fitted again for each choice of members"
    if (rule := known(COMBINERS, "combiner", combiner)) and combiner not in ADDITIVE:
        return f"{rule.title} is no sum over members"
    return None


def tallied(
    combiner: str,
    outputs: Outputs,
    weights: Weights,
    labels: NDArray[np.int64],
    decide: Callable[[list[int]], NDArray[np.int64]],
    *,
    likelihood: bool = False,
    threads: int | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float64] | None]:
    """Return how many images each subset of M members gets right, int32 [2^M], and sums of log shares if wanted.

    weights : normalised over all of them, float64 [M,C]; decide : members inside -> labels, where rounding matters
    """
    if len(weights) > LARGEST:
        raise ValueError(f"members: expected at most {LARGEST}, got {len(weights)}")
    tally = Tally(combiner, outputs, weights, labels, likelihood=likelihood)
    tally.fill(threads)
    for number in np.flatnonzero(tally.unsure & ~weightless(weights)).tolist():
        inside = [i for i in range(len(weights)) if number >> i & 1]
        tally.correct[number] = int((decide(inside) == labels).sum())
    return tally.correct, tally.log_shares


def subsetting(setting: Setting, at: Sequence[int]) -> Setting:
    """Return the setting of those members that stand at some positions in a setting's own list."""
    manual = tuple(setting.manual[i] for i in at) if setting.manual else ()
    return replace(setting, members=tuple(setting.members[i] for i in at), manual=manual)


def weightless(weights: Weights) -> NDArray[np.bool_]:
    """Tell which subsets have no weight for some class: bool [2^M]."""
    numbers = np.arange(1 << len(weights), dtype=np.int32)
    found = np.zeros(len(numbers), bool)
    for column in weights.T.tolist():
        found |= numbers & sum(1 << i for i, weight in enumerate(column) if weight > 0) == 0
    return found
