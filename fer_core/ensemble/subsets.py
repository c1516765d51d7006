"""The subset of the members that is best on PublicTest."""

from dataclasses import dataclass

import numpy as np

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.every_subset import every_subset, subsetting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting
from fer_core.ensemble.weightings import WEIGHTINGS, fit_of, known


@dataclass(frozen=True)
class Ranked:
    """A setting and the share of PublicTest images that it gets right."""

    setting: Setting
    valid_accuracy: float


def ranked_subsets(explorer: Explorer, weighting: str, combiner: str) -> list[Ranked]:
    """Score all subsets of at least one member on PublicTest, best first; fewer members win a tie.

    The figure is that of weights fitted on the same PublicTest images, to be shown beside an out-of-fold one.
    """
    fit_of(weighting)
    known(COMBINERS, "combiner", combiner)
    everyone = Setting(explorer.members, weighting, combiner, split="valid")
    accuracy = every_subset(explorer, everyone).accuracy.tolist()
    found = [(-accuracy[number], inside) for number, inside in enumerate(_inside(len(everyone.members))) if inside]
    found.sort(key=lambda each: (each[0], len(each[1]), each[1]))
    return [Ranked(subsetting(everyone, inside), -negative) for negative, inside in found]


def _inside(members: int) -> list[tuple[int, ...]]:
    """Return the members of every subset of so many."""
    return [tuple(np.flatnonzero(number >> np.arange(members) & 1).tolist()) for number in range(1 << members)]


def choose(explorer: Explorer) -> Ranked:
    """Return subset, weighting and combiner that are together best on PublicTest.

    A tie goes to fewer members, then to the earlier weighting and combiner of the registries, the simpler ones.
    """
    firsts = [
        ranked_subsets(explorer, weighting, combiner)[0]
        for weighting in WEIGHTINGS
        if WEIGHTINGS[weighting].fit is not None
        for combiner in COMBINERS
    ]
    return min(firsts, key=lambda ranked: (-ranked.valid_accuracy, len(ranked.setting.members)))
