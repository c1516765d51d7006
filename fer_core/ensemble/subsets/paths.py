"""Ensembles that grow or shrink by one member a step, chosen on PublicTest and followed on PrivateTest."""

from dataclasses import dataclass, replace

import numpy as np

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.subsets.all_subsets import AllSubsets
from fer_core.ensemble.subsets.selection import backward, forward
from fer_core.ensemble.weightings import known


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
