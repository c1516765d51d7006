"""How members differ, and what they would reach if each erred on images of its own.

Measures are of every pair of M members, float64 [M,M], symmetric; the diagonal is a member beside itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Outputs, Setting
from fer_core.ensemble.explorer import Explorer

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One way to compare two members by the images on which each is right.

    title : what a person reads; description : one sentence
    formula : LaTeX, N11 being images that both get right, N10 and N01 only one, N00 neither, N all
    share : whether it is a share of images, 0 to 1; else it lies between -1 and 1, and is NaN where it is 0/0
    apart : 1 where members that differ more have more of it, -1 where they have less
    of : whether each image is right, bool [M,N] -> float64 [M,M]
    """

    title: str
    formula: str
    description: str
    share: bool
    apart: int
    of: Callable[[NDArray[np.bool_]], Array]


def counts(right: NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
    """Return of each pair how many images both get right, only the first, only the second, and neither.

    right : bool [M,N], at least one member and one image -> four float64 [M,M]
    """
    if right.ndim != 2 or not right.size or right.dtype != bool:
        raise ValueError(f"right: expected bool [M,N] of at least one image, got {right.dtype} {list(right.shape)}")
    ones = right.astype(np.float64)
    both, own = ones @ ones.T, ones.sum(axis=1)
    first, second = own[:, None] - both, own[None, :] - both
    return both, first, second, right.shape[1] - both - first - second


def disagreement(right: NDArray[np.bool_]) -> Array:
    """Return the share of images that exactly one of the two gets right (Skalak 1996)."""
    _, first, second, _ = counts(right)
    found: Array = (first + second) / right.shape[1]
    return found


def double_fault(right: NDArray[np.bool_]) -> Array:
    """Return the share of images that both get wrong (Giacinto & Roli 2001); a member's own error on the diagonal."""
    found: Array = counts(right)[3] / right.shape[1]
    return found


def yules_q(right: NDArray[np.bool_]) -> Array:
    """Return Yule's Q, -1 to 1 (Yule 1900): 0 for independent members, NaN where both products are 0."""
    both, first, second, neither = counts(right)
    return _ratio(both * neither - first * second, both * neither + first * second)


def correlation(right: NDArray[np.bool_]) -> Array:
    """Return the correlation of being right, -1 to 1: NaN where a member is always right or always wrong."""
    both, first, second, neither = counts(right)
    spread = (both + first) * (second + neither) * (both + second) * (first + neither)
    return _ratio(both * neither - first * second, np.sqrt(spread))


def kappa(predicted: NDArray[np.int64], classes: int) -> Array:
    """Return Cohen's kappa of two members' decisions, whether right or wrong: float64 [M,M], at most 1 (Cohen 1960).

    It is 0 for members that agree as often as chance has it, and NaN where both always decide for one and the same
    class.  With the pair's mean error it gives the kappa-error diagram of Margineantu & Dietterich 1997, "Pruning
    adaptive boosting".

    predicted : int64 [M,N], classes 0 to classes - 1
    """
    if predicted.ndim != 2 or not predicted.size:
        raise ValueError(f"predicted: expected [M,N] of at least one image, got {list(predicted.shape)}")
    if predicted.min() < 0 or predicted.max() >= classes:
        raise ValueError(f"predicted: expected classes 0 to {classes - 1}, got {predicted.min()} to {predicted.max()}")
    images = predicted.shape[1]
    agreed, chance = np.zeros((2, len(predicted), len(predicted)))
    for c in range(classes):
        said = (predicted == c).astype(np.float64)
        agreed += said @ said.T
        chance += np.outer(said.sum(axis=1), said.sum(axis=1))
    return _ratio(agreed * images - chance, images * images - chance)


def pair_error(right: NDArray[np.bool_]) -> Array:
    """Return the mean of the two members' errors, as shares of images: float64 [M,M]."""
    error = 1 - right.mean(axis=1)
    found: Array = (error[:, None] + error[None, :]) / 2
    return found


def pairs(found: Array) -> list[tuple[int, int, float]]:
    """Return each pair once, the first member before the second, and what was found of it; those that are NaN too."""
    return [(i, j, float(found[i, j])) for i in range(len(found)) for j in range(i + 1, len(found))]


def _ratio(above: Array, below: Array) -> Array:
    found: Array = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
    return found


MEASURES: dict[str, Measure] = {
    "disagreement": Measure(
        "Disagreement",
        r"\frac{N^{10} + N^{01}}{N}",
        "The share of images that one of the two gets right and the other wrong.",
        True,
        1,
        disagreement,
    ),
    "yules_q": Measure(
        "Yule's Q",
        r"\frac{N^{11} N^{00} - N^{01} N^{10}}{N^{11} N^{00} + N^{01} N^{10}}",
        "From 1 for members that are right on the same images, through 0 for independent ones, down to -1.",
        False,
        -1,
        yules_q,
    ),
    "double_fault": Measure(
        "Double fault",
        r"\frac{N^{00}}{N}",
        "The share of images that both get wrong, where neither can help the other.",
        True,
        -1,
        double_fault,
    ),
    "correlation": Measure(
        "Correlation of errors",
        r"\frac{N^{11} N^{00} - N^{01} N^{10}}"
        r"{\sqrt{(N^{11} + N^{10})(N^{01} + N^{00})(N^{11} + N^{01})(N^{10} + N^{00})}}",
        "The correlation of being wrong: 1 for members that err on the same images, 0 for unrelated errors.",
        False,
        -1,
        correlation,
    ),
}
"""Measures of Kuncheva & Whitaker 2003, "Measures of diversity in classifier ensembles", by the names of links."""


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
