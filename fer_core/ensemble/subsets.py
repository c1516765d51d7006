"""Every subset of the members, scored on PublicTest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS, Outputs
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, fit_of, known


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
    part = explorer.part("valid")
    weights = explorer.weights(Setting(explorer.members, weighting, combiner))
    evidence, columns = _evidence(part.outputs, combiner, weights), np.arange(len(part.labels))
    found: list[tuple[float, int, tuple[int, ...]]] = []

    def grow(at: tuple[int, ...], total: NDArray[np.float64], weight: NDArray[np.float64]) -> None:
        """Score every subset that begins with `at`, from the sums over its members: [C,N] and [C]."""
        if at:
            pooled = total / weight[:, None]
            right = int((pooled[part.labels, columns] >= pooled.max(axis=0)).sum())
            found.append((-right / len(part.labels), len(at), at))
        for i in range(at[-1] + 1 if at else 0, len(explorer.members)):
            grow((*at, i), total + evidence[i], weight + weights[i])

    grow((), np.zeros(evidence.shape[1:]), np.zeros(weights.shape[1]))

    def named(at: tuple[int, ...]) -> Setting:
        return Setting(tuple(explorer.members[i] for i in at), weighting, combiner, split="valid")

    return [Ranked(named(at), -negative) for negative, _, at in sorted(found)]


def _evidence(outputs: Outputs, combiner: str, weights: Weights) -> NDArray[np.float64]:
    """Return what each member adds for each class: float64 [M,C,N].

    The class with the largest sum over a subset, divided by the subset's weight for the class, is what the combiner
    decides: all three are sums over members, so a subset costs an addition instead of a recompute.
    """
    values = {
        "mean_probability": lambda: np.stack(outputs.probabilities),
        "mean_log_probability": lambda: np.stack(outputs.logs),
        # A small share of the mean probability decides ties of the vote, and nothing else.
        "hard_vote": lambda: (
            np.eye(weights.shape[1])[np.stack(outputs.firsts)] + 1e-7 * np.stack(outputs.probabilities)
        ),
    }[combiner]()
    return np.ascontiguousarray((values * weights[:, None, :]).transpose(0, 2, 1))


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
