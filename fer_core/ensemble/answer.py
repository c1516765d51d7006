"""What members and ensemble say of faces that have no label."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import FLOOR, log_softmax
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting
from fer_core.ensemble.temperature import temperature_scaled


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer for one face.

    members : all of the explorer's, in order; probabilities : of each, float64 [M,7]; votes : the class of each
    chosen : whether a member belongs to the ensemble, bool [M]
    label, shares : the ensemble's class and its shares float64 [7]
    confidence : the probability that the label is right, after the temperature; None where no temperature was fitted
    calibrated : the shares after the temperature, float64 [7], of which the label's is the confidence; or None
    against : how many of the chosen members say another class
    entropy : of the chosen members' mean probability, in nats, 0 to ln 7
    information : the part of the entropy that comes from disagreement between the chosen members (mutual information)
    """

    members: tuple[str, ...]
    probabilities: NDArray[np.float64]
    votes: NDArray[np.int64]
    chosen: NDArray[np.bool_]
    label: int
    shares: NDArray[np.float64]
    confidence: float | None
    against: int
    entropy: float
    information: float
    calibrated: NDArray[np.float64] | None = None


def entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy in nats of probabilities [...,C]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(probabilities > 0, probabilities * np.log(probabilities), 0.0)
    # A sum of -0.0 would be shown as a negative number.
    return np.asarray(np.abs(terms.sum(axis=-1)), dtype=np.float64)


def answers(
    explorer: Explorer, setting: Setting, logits: NDArray[np.float32], *, temperature: float | None
) -> list[Answer]:
    """Return the answers of a setting for logits float32 [M,F,7] of all members of the explorer, one for each face.

    explorer : of the view in which the logits were computed, since weights are fitted on it
    temperature : fitted on PublicTest for this setting and view, or None
    """
    decision = explorer.decide_on(setting, logits)
    logs = log_softmax(logits)
    probabilities = np.exp(np.maximum(logs, FLOOR))
    at = explorer.positions(setting.members)
    chosen = np.zeros(len(explorer.members), bool)
    chosen[at] = True
    votes = logs.argmax(axis=2)
    mean = probabilities[chosen].mean(axis=0)
    total, within = entropy(mean), entropy(probabilities[chosen]).mean(axis=0)
    calibrated = decision.shares if temperature is None else temperature_scaled(decision.shares, temperature)
    return [
        Answer(
            explorer.members,
            probabilities[:, i],
            votes[:, i],
            chosen,
            label,
            decision.shares[i],
            None if temperature is None else float(calibrated[i, label]),
            int((votes[chosen, i] != label).sum()),
            float(total[i]),
            max(0.0, float(total[i] - within[i])),
            None if temperature is None else calibrated[i],
        )
        for i, label in enumerate(decision.labels.tolist())
    ]
