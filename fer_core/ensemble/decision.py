"""What members say, what is asked of an ensemble, and what comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.weightings import Weights
from fer_core.metrics import Mcnemar

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

    def images(self, at: NDArray[np.intp]) -> "Outputs":
        """Return what they say of the images at the given positions."""
        logs, probabilities = tuple(own[at] for own in self.logs), tuple(own[at] for own in self.probabilities)
        return Outputs(logs, probabilities, tuple(own[at] for own in self.firsts))


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
"""Outputs of M members, and weights float64 [M,C] that sum to one over them for each class -> a decision."""


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return log-probabilities float64 of logits [...,C]; constants added to a row change nothing.

    Parameters
    ----------
    logits
        Of any shape whose last axis is the classes; not changed.

    Returns
    -------
    float64 [...,C]
        In nats; `exp` of a row sums to one.

    Examples
    --------
    >>> import numpy as np
    >>> np.exp(log_softmax(np.array([0.0, np.log(3.0)]))).round(2).tolist()
    [0.25, 0.75]
    """
    exact = logits.astype(np.float64)
    exact -= exact.max(axis=-1, keepdims=True)
    logs: NDArray[np.float64] = exact - np.log(np.exp(exact).sum(axis=-1, keepdims=True))
    return logs


def weighted_sum(values: Sequence[NDArray[np.float64]], weights: Weights) -> NDArray[np.float64]:
    """Return the sum over members of weights [M,C] times M values [N,C]: [N,C]."""
    total: NDArray[np.float64] = values[0] * weights[0]
    for value, weight in zip(values[1:], weights[1:], strict=True):
        total += value * weight
    return total


@dataclass(frozen=True)
class Setting:
    """One choice of ensemble and of the images it is scored on.

    members : names, at least one; manual : a weight for each of them, for the weighting "manual"
    split : "valid" (PublicTest) or "test" (PrivateTest); twins : False leaves out images with a twin in Training
    """

    members: tuple[str, ...]
    weighting: str = "equal"
    combiner: str = "mean_probability"
    manual: tuple[float, ...] = ()
    split: str = "test"
    twins: bool = True


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a setting reaches; accuracies, recalls and errors are shares.

    interval : Wilson 95%; recalls, recall_gain (against the best member) : float64 [C]; confusion : int64 [C,C]
    nll : nats, NaN where a true class has share zero; ece : expected calibration error, 15 bins
    weights : float64 [M,C], each class summing to one; decision : of the images that are scored
    best_member : the member best on PublicTest; gain and mcnemar : against it, on the same images
    member_accuracy : of every member, chosen or not, on the same images; right : whether each image is, bool [N]
    """

    setting: Setting
    n: int
    correct: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    recalls: NDArray[np.float64]
    confusion: NDArray[np.int64]
    nll: float
    brier: float
    ece: float
    weights: Weights
    decision: Decision
    best_member: str
    best_accuracy: float
    gain: float
    mcnemar: Mcnemar
    recall_gain: NDArray[np.float64]
    member_accuracy: dict[str, float] = field(repr=False)
    right: NDArray[np.bool_] = field(repr=False)

    @property
    def called(self) -> str:
        """What is scored, in a sentence: the one member that is on, or the ensemble."""
        return self.setting.members[0] if len(self.setting.members) == 1 else "the ensemble"


@dataclass(frozen=True)
class Comparison:
    """What one setting gains over another on the same images: a difference of accuracies, and how sure it is.

    interval : 95%, by a paired bootstrap; mcnemar : the exact test, its first being the setting that gains (or loses)
    """

    gain: float
    mcnemar: Mcnemar
    interval: tuple[float, float]
