"""Why an ensemble's loss is below its members' mean: the loss taken apart, exactly; and bias and variance over seeds.

Only where the combiner is the mean that belongs to the loss, and members weigh the same for every class.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Card
from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.weightings import Weights, known

Array = NDArray[np.float64]
SAME = 1e-12
"""How far a member's weights for two classes may lie apart and still be the same."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A loss taken apart: ensemble = mean member - diversity.

    members : each member's own loss; apart : how far it is from the ensemble, never below zero; weights : its weight;
        all float64 [M], weights summing to one
    """

    ensemble: float
    members: Array
    apart: Array
    weights: Array

    @property
    def mean_member(self) -> float:
        """The weighted mean of the members' losses."""
        return float(self.weights @ self.members)

    @property
    def diversity(self) -> float:
        """The weighted mean of how far members are from the ensemble."""
        return float(self.weights @ self.apart)


def squared_error(logs: Array, weights: Array, labels: NDArray[np.int64]) -> Decomposition:
    """Take the Brier score of the mean probability apart: its diversity is the ambiguity.

    A member's distance is the mean over images of the squared distance of its probabilities from the ensemble's, summed
    over classes (Krogh & Vedelsby 1995, "Neural network ensembles, cross validation, and active learning").

    logs : log-probabilities float64 [M,N,C]; weights : float64 [M], summing to one; labels : int64 [N]
    """
    _check(logs, weights, labels)
    probabilities = np.exp(logs)
    pooled = np.tensordot(weights, probabilities, axes=1)
    truth = np.eye(logs.shape[2])[labels]
    own = [_squares(each - truth) for each in probabilities]
    apart = [_squares(each - pooled) for each in probabilities]
    return Decomposition(_squares(pooled - truth), np.array(own), np.array(apart), weights)


def cross_entropy(logs: Array, weights: Array, labels: NDArray[np.int64]) -> Decomposition:
    """Take the log loss of the normalised geometric mean apart, in nats.

    A member's distance is the mean over images of KL(ensemble || member): the ensemble is the centroid of its members
    (Wood et al. 2023, "A unified theory of diversity in ensemble learning", JMLR 24).

    logs : log-probabilities float64 [M,N,C]; weights : float64 [M], summing to one; labels : int64 [N]
    """
    _check(logs, weights, labels)
    pooled = np.tensordot(weights, logs, axes=1)
    pooled -= pooled.max(axis=1, keepdims=True)
    pooled -= np.log(np.exp(pooled).sum(axis=1, keepdims=True))
    shares, at = np.exp(pooled), np.arange(len(labels))
    own = -logs[:, at, labels].mean(axis=1)
    apart = [float((shares * (pooled - each)).sum(axis=1).mean()) for each in logs]
    return Decomposition(float(-pooled[at, labels].mean()), own, np.array(apart), weights)


@dataclass(frozen=True)
class Loss:
    """A loss that can be taken apart under one combiner.

    title : of the loss; diversity : what its diversity is called; unit : of both, empty for none; formula : LaTeX
    """

    title: str
    diversity: str
    unit: str
    formula: str
    decompose: Callable[[Array, Array, NDArray[np.int64]], Decomposition]


LOSSES: dict[str, Loss] = {
    "mean_probability": Loss(
        "Brier score",
        "ambiguity",
        "",
        r"\begin{aligned} \|\bar p - y\|^2 ={}& \textstyle\sum_m w_m \|p_m - y\|^2 \\"
        r"&- \textstyle\sum_m w_m \|p_m - \bar p\|^2 \end{aligned}",
        squared_error,
    ),
    "mean_log_probability": Loss(
        "log loss",
        "mean divergence",
        "nats",
        r"\begin{aligned} -\log \bar p_y ={}& \textstyle-\sum_m w_m \log p_{m,y} \\"
        r"&- \textstyle\sum_m w_m\, \mathrm{KL}(\bar p \,\|\, p_m) \end{aligned}",
        cross_entropy,
    ),
}
"""The loss that belongs to a combiner, by the names of `COMBINERS`; a combiner that is not here has none."""


def scalar_weights(weights: Weights) -> Array | None:
    """Return each member's one weight float64 [M] of weights [M,C], None where classes are weighed differently."""
    return None if np.ptp(weights, axis=1).max() > SAME else weights.mean(axis=1)


def decompose(explorer: Explorer, setting: Setting) -> Decomposition | None:
    """Take the loss of a setting apart on its images; None where members weigh otherwise for each class.

    Members stand in the setting's order.  Raises ValueError for a combiner that is not in `LOSSES`.
    """
    loss, weights = known(LOSSES, "combiner", setting.combiner), scalar_weights(explorer.weights(setting))
    if weights is None:
        return None
    part = explorer.part(setting.split, twins=setting.twins)
    return loss.decompose(part.logs[explorer.positions(setting.members)], weights, part.labels)


def _squares(differences: Array) -> float:
    """Return the mean over images of squares summed over classes."""
    return float(np.einsum("nc,nc->n", differences, differences).mean())


def _check(logs: Array, weights: Array, labels: NDArray[np.int64]) -> None:
    if logs.ndim != 3 or labels.shape != logs.shape[1:2] or not len(labels):
        raise ValueError(f"labels: expected one an image of logs {list(logs.shape)}, got {list(labels.shape)}")
    if weights.shape != logs.shape[:1] or (weights < 0).any() or abs(weights.sum() - 1) > 1e-9:
        raise ValueError(f"weights: expected {len(logs)} that sum to one, none below zero, got {weights.tolist()}")


LEAST = 5
"""Seeds below which a variance is a guess."""


@dataclass(frozen=True)
class BiasVariance:
    """The mean Brier score of one network of a family, taken apart: loss = bias + variance.

    bias : squared, of the mean over all seeds that could have been; it holds the noise of the labels, which nothing can
        tell from it, and what an ensemble of ever more seeds keeps; it may come out a little below zero
    variance : of the seeds about their mean, summed over classes; an ensemble of K seeds keeps a K-th of it
    """

    loss: float
    bias: float
    variance: float


def families(cards: Mapping[str, Card], *, least: int = LEAST) -> tuple[tuple[str, ...], ...]:
    """Return the members that differ in nothing but the seed, by family, each of at least so many seeds.

    They share architecture, arguments, input, recipe, and test-time augmentation.
    """
    found: dict[str, dict[int, str]] = {}
    for name, card in cards.items():
        same = [card.architecture, card.arguments, card.preprocessing, card.recipe, card.augmentation]
        found.setdefault(json.dumps(same, sort_keys=True, default=str), {}).setdefault(card.seed, name)
    return tuple(tuple(seeds.values()) for seeds in found.values() if len(seeds) >= least)


def bias_variance(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> BiasVariance:
    """Take the mean Brier score of S seeds apart, without bias: the variance about their mean is scaled by S/(S-1).

    After Geman, Bienenstock & Doursat 1992, "Neural networks and the bias/variance dilemma".

    probabilities : float64 [S,N,C], S at least 2; labels : int64 [N]
    """
    if probabilities.ndim != 3 or len(probabilities) < 2 or labels.shape != probabilities.shape[1:2]:
        raise ValueError(
            f"probabilities: expected [S,{len(labels)},C] of at least two seeds, got {list(probabilities.shape)}"
        )
    seeds, truth = len(probabilities), np.eye(probabilities.shape[2])[labels]
    loss = _mean_squares(probabilities - truth)
    variance = _mean_squares(probabilities - probabilities.mean(axis=0)) * seeds / (seeds - 1)
    return BiasVariance(loss, loss - variance, variance)


def _mean_squares(differences: NDArray[np.float64]) -> float:
    """Return the mean over seeds and images of squares summed over classes."""
    return float(np.einsum("snc,snc->sn", differences, differences).mean())
