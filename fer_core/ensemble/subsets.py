"""Every subset of the members, scored on PublicTest."""

from dataclasses import dataclass
from itertools import combinations

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.explorer import Explorer, Setting
from fer_core.ensemble.weightings import WEIGHTINGS


@dataclass(frozen=True)
class Ranked:
    """A setting and the share of PublicTest images that it gets right."""

    setting: Setting
    valid_accuracy: float


def ranked_subsets(explorer: Explorer, weighting: str, combiner: str) -> list[Ranked]:
    """Score all subsets of at least one member on PublicTest, best first; fewer members win a tie."""
    if WEIGHTINGS[weighting].fit is None:
        raise ValueError(f"weighting: expected one that is fitted, got {weighting!r}")
    labels, found = explorer.part("valid").labels, []
    for size in range(1, len(explorer.members) + 1):
        for members in combinations(explorer.members, size):
            setting = Setting(members, weighting, combiner, split="valid")
            found.append(Ranked(setting, float((explorer.decide(setting).labels == labels).mean())))
    return sorted(found, key=lambda ranked: (-ranked.valid_accuracy, len(ranked.setting.members)))


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
