"""Ways to choose members on PublicTest: greedily in, greedily out, by what they cost, and where these paths lead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.subsets.all_subsets import AllSubsets
from fer_core.ensemble.subsets.contributions import members_of
from fer_core.ensemble.subsets.search import Ranked
from fer_core.ensemble.weightings import known

Array = NDArray[np.float64]


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


def shrunk(valid: AllSubsets, test: AllSubsets) -> list[Step]:
    """Return the path of `backward` through subsets scored on both splits; it ends where no subset of it has weight.

    Raises ValueError where the two splits do not have the same subsets.
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
