"""What the same members would reach if each erred on images of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Outputs
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting


@dataclass(frozen=True)
class Independent:
    """Accuracies, as shares, of members made independent: one of each shuffle."""

    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over all shuffles."""
        return sum(self.accuracies) / len(self.accuracies)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the most of any shuffle."""
        return min(self.accuracies), max(self.accuracies)


def independent(explorer: Explorer, setting: Setting, *, repeats: int = 20, seed: int = 0) -> Independent:
    """Score a setting whose members were made independent of each other, given the true class.

    Each member's outputs are shuffled among the images of the same class, so that it keeps its confusion matrix and
    its probabilities, but errs on other images than the others do.  This is a reference, not a bound:
    members could err on fewer images together than by chance.  A member is shuffled alike whoever else is on.
    """
    if repeats < 1:
        raise ValueError(f"repeats: expected at least 1, got {repeats}")
    part, at = explorer.part(setting.split, twins=setting.twins), explorer.positions(setting.members)
    classes = [np.flatnonzero(part.labels == c) for c in np.unique(part.labels)]
    order, pool, found = np.argsort(at), explorer.pool_of(setting), []
    weights, outputs = explorer.weights(setting)[order], part.outputs.take(sorted(at))
    for repeat in range(repeats):
        images = [shuffled(classes, np.random.default_rng([seed, repeat, member])) for member in sorted(at)]
        decided = pool(rearranged(outputs, images), weights).labels
        found.append(int((decided == part.labels).sum()) / len(part.labels))
    return Independent(tuple(found))


def shuffled(classes: Sequence[NDArray[np.intp]], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return where each image's outputs come from, int [N]: an image of the same class.

    classes : positions of each class's images, together every position once
    """
    images = np.empty(sum(map(len, classes)), np.intp)
    for own in classes:
        images[own] = rng.permutation(own)
    return images


def rearranged(outputs: Outputs, images: Sequence[NDArray[np.intp]]) -> Outputs:
    """Return outputs of M members, each taken from images of its own: M positions int [N]."""
    parts = {field.name: getattr(outputs, field.name) for field in fields(outputs)}
    return Outputs(
        **{name: tuple(own[to] for own, to in zip(part, images, strict=True)) for name, part in parts.items()}
    )
