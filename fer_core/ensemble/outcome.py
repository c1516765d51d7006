"""What is asked of an ensemble, and what comes out."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision
from fer_core.ensemble.weightings import Weights
from fer_core.metrics import Mcnemar


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
