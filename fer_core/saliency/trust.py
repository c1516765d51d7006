"""Whether to believe a map: how well it foretells the answer, how steady it is, whether it depends on the weights."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.curves import Curves, curves
from fer_core.saliency.explainer import Subject, explain
from fer_core.saliency.fidelity import cover_of, covered, infidelity, sensitivity
from fer_core.saliency.score import Target, Tick
from fer_core.saliency.shuffle import randomised

__all__ = ["UNCHANGED", "Curves", "Trust", "curves", "infidelity", "randomised", "sensitivity", "trust"]

UNCHANGED = 0.4
"""Rank correlation with the map of shuffled networks from which a map is marked; docs/saliency.md says why."""


@dataclass(frozen=True, eq=False)
class Trust:
    """What one map is worth.

    infidelity : share of what covering squares does that the map fails to predict, 0 to 1; less is better, NaN where
        it does nothing
    sensitivity : largest change of the map under noise of up to 5 grey levels, as a share of the map; less is better,
        NaN for a map of zeros
    curves : insertion and deletion
    randomised : rank correlation with the map of the same networks with shuffled weights, the lowest of three shuffles;
        NaN where a map is constant
    """

    infidelity: float
    sensitivity: float
    curves: Curves
    randomised: float

    @property
    def unchanged(self) -> bool:
        """Whether the map hardly depends on the weights."""
        return self.randomised >= UNCHANGED


def trust(
    subject: Subject,
    image: NDArray[np.uint8],
    method: str,
    surroundings: Surroundings,
    *,
    target: Target | None = None,
    arguments: Arguments | None = None,
    tick: Tick = lambda images: None,
) -> Trust:
    """Return what the map of an image `uint8 [48,48]` is worth; the same each time.  It costs some twenty maps.

    Arguments and errors are those of `explain`.
    """
    images, asked = image[None], arguments or Arguments()
    found = explain(subject, images, method, surroundings, target=target, arguments=asked, tick=tick)
    squares = covered(subject, images, cover_of(method, asked), surroundings, seed=asked.seed, tick=tick)
    along = found.direction
    steady = sensitivity(
        subject, image, method, surroundings, direction=along[0], arguments=asked, seed=asked.seed, tick=tick
    )
    drawn = curves(subject, images, found.values, found.labels, surroundings, seed=asked.seed, tick=tick)
    missed = infidelity(squares, found.values, method, direction=along, arguments=asked)
    kept = randomised(subject, images, found.values, method, surroundings, direction=along, arguments=asked, tick=tick)
    return Trust(float(missed[0]), steady, drawn[0], float(kept[0]))
