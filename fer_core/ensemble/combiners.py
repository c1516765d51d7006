"""How weighted members become one decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.weightings import Weights, normalised

FLOOR = -700.0
"""Below this a log-probability would be zero in float64, and a row of zeros cannot be renormalised."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What an ensemble says: labels int64 [N], and shares float64 [N,C] whose rows sum to one."""

    labels: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outputs:
    """What M members say, one array a member, so that a choice of members copies nothing.

    logs, probabilities : float64 [N,C]; firsts : the class each image gets from the member, int64 [N]
    """

    logs: tuple[NDArray[np.float64], ...]
    probabilities: tuple[NDArray[np.float64], ...]
    firsts: tuple[NDArray[np.int64], ...]

    def take(self, at: Sequence[int]) -> "Outputs":
        """Return the members that stand at the given positions."""
        logs, probabilities = tuple(self.logs[i] for i in at), tuple(self.probabilities[i] for i in at)
        return Outputs(logs, probabilities, tuple(self.firsts[i] for i in at))


def outputs_of(log_probabilities: NDArray[np.float64]) -> Outputs:
    """Return what combiners need of log-probabilities float64 [M,N,C]."""
    if log_probabilities.ndim != 3 or not len(log_probabilities) or not np.isfinite(log_probabilities).all():
        raise ValueError(
            "log_probabilities: expected finite numbers [M,N,C] of at least one member, "
            f"got shape {list(log_probabilities.shape)}"
        )
    probabilities = np.exp(np.maximum(log_probabilities, FLOOR))
    return Outputs(tuple(log_probabilities), tuple(probabilities), tuple(log_probabilities.argmax(axis=2)))


Pool = Callable[[Outputs, Weights], Decision]


@dataclass(frozen=True)
class Combiner:
    """One way to combine members.

    title : what a person reads; formula : LaTeX; description : one sentence
    pool : outputs of M members, and weights float64 [M,C] that sum to one over them for each class -> Decision
    """

    title: str
    formula: str
    description: str
    pool: Pool

    def combine(self, log_probabilities: NDArray[np.float64], weights: Weights) -> Decision:
        """Combine log-probabilities float64 [M,N,C] by weights float64 [M,C] of any scale.

        Raises ValueError for log-probabilities that are not finite, or weights that `normalised` refuses.
        """
        outputs = outputs_of(log_probabilities)
        if weights.shape != (len(log_probabilities), log_probabilities.shape[2]):
            expected = [len(log_probabilities), log_probabilities.shape[2]]
            raise ValueError(f"weights: expected shape {expected}, got {list(weights.shape)}")
        return self.pool(outputs, normalised(weights))


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log-probabilities float64 of logits [...,C]; constants added to a row change nothing."""
    exact = logits.astype(np.float64)
    exact -= exact.max(axis=-1, keepdims=True)
    logs: NDArray[np.float64] = exact - np.log(np.exp(exact).sum(axis=-1, keepdims=True))
    return logs


def _weighted_sum(values: Sequence[NDArray[np.float64]], weights: Weights) -> NDArray[np.float64]:
    """Return the sum over members of weights [M,C] times M values [N,C]: [N,C]."""
    total: NDArray[np.float64] = values[0] * weights[0]
    for value, weight in zip(values[1:], weights[1:], strict=True):
        total += value * weight
    return total


def mean_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average probabilities (linear opinion pool); each row is renormalised."""
    pooled = _weighted_sum(outputs.probabilities, weights)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def mean_log_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average log-probabilities (logarithmic opinion pool); each row is renormalised."""
    pooled = _weighted_sum(outputs.logs, weights)
    pooled -= pooled.max(axis=1, keepdims=True)
    np.exp(pooled, out=pooled)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def hard_vote(outputs: Outputs, weights: Weights) -> Decision:
    """Let each member vote for its first class with its weight for that class; ties go by mean probability.

    Shares are shares of the vote; where no vote has any weight they are the mean probabilities.
    """
    images, classes = outputs.logs[0].shape
    votes, at = np.zeros((images, classes)), np.arange(images)
    for first, weight in zip(outputs.firsts, weights, strict=True):
        votes[at, first] += weight[first]
    totals, most = votes.sum(axis=1, keepdims=True), votes.max(axis=1, keepdims=True)
    # Sums of the same weights in another order differ by rounding, which must not decide a tie.
    tied = votes >= most * (1 - 1e-9)
    labels = votes.argmax(axis=1)
    votes /= np.where(totals > 0, totals, 1)
    open_ = np.flatnonzero(tied.sum(axis=1) > 1)
    if len(open_):
        pooled = _weighted_sum([member[open_] for member in outputs.probabilities], weights)
        labels[open_] = np.where(tied[open_], pooled, -1.0).argmax(axis=1)
        silent = totals[open_, 0] == 0
        votes[open_[silent]] = pooled[silent] / pooled[silent].sum(axis=1, keepdims=True)
    return Decision(labels, votes)


COMBINERS: dict[str, Combiner] = {
    "mean_probability": Combiner(
        "Mean probability",
        r"p(c \mid x) \propto \sum_m w_{m,c}\, p_m(c \mid x)",
        "Averages the members' probabilities.",
        mean_probability,
    ),
    "mean_log_probability": Combiner(
        "Mean log-probability",
        r"p(c \mid x) \propto \exp \sum_m w_{m,c} \log p_m(c \mid x)",
        "Averages the logarithms of the probabilities, so that one member's firm no weighs more.",
        mean_log_probability,
    ),
    "hard_vote": Combiner(
        "Hard vote",
        r"s(c \mid x) \propto \sum_m w_{m,c}\, [\,c = \arg\max_k p_m(k \mid x)\,]",
        "Each member votes for its first class; ties go by mean probability.",
        hard_vote,
    ),
}
"""Every combiner by the name that links and the command line use."""
