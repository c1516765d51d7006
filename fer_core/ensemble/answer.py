"""What members and ensemble say of faces that have no label, and a prior correction of these answers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble.decision import FLOOR, Setting, log_softmax
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import unseen_shares
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
    """Return the answers of a setting for logits float32 [M,F,C] of all members of the explorer, one for each face.

    Parameters
    ----------
    explorer
        Of the view in which the logits were computed, since weights are fitted on it.
    setting
        The ensemble.
    logits
        Of all members of the explorer, in its order, for F faces.
    temperature
        Fitted on PublicTest for this setting and view, or None.

    Returns
    -------
    list of Answer
        One a face.

    Raises
    ------
    ValueError
        For an unknown name in the setting, or logits of another shape.

    Examples
    --------
    With the explorer of the example of `Explorer`, and one face of which its members disagree:

    >>> logits = np.array([[[2, 0]], [[0, 1]]], np.float32)
    >>> (answer,) = answers(explorer, Setting(("a", "b")), logits, temperature=1.0)
    >>> explorer.classes[answer.label], answer.against, round(answer.confidence, 2)
    ('no', 1, 0.57)
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


POWERS = tuple(round(0.1 * step, 1) for step in range(11))
"""Powers of the Training share that PublicTest chooses from; 0 corrects nothing."""


@dataclass(frozen=True, eq=False)
class Balance:
    """What calibrated shares are divided by, and what that does on PublicTest, without and with it.

    power : of the Training share, the one of greatest macro recall, the lowest of equals; prior : float64 [C]
    accuracy, recall : without and with; recall is the mean over the emotions (macro recall)
    """

    power: float
    prior: NDArray[np.float64]
    accuracy: tuple[float, float]
    recall: tuple[float, float]


def _corrected(shares: NDArray[np.float64], prior: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """Return shares [...,C] divided by a power of the prior, renormalised (Saerens et al. 2002)."""
    raw = shares / prior**power
    return np.asarray(raw / raw.sum(axis=-1, keepdims=True), dtype=np.float64)


def balance_of(
    explorer: Explorer, setting: Setting, temperature: float, train_labels: NDArray[np.int64]
) -> Balance | None:
    """Choose the power on PublicTest; None where an emotion has no image in Training or on PublicTest."""
    labels = explorer.part("valid").labels
    there = [np.bincount(of, minlength=len(EMOTIONS)) for of in (train_labels, labels)]
    if not all((counts > 0).all() for counts in there):
        return None
    prior = there[0] / there[0].sum()
    shares = temperature_scaled(unseen_shares(explorer, setting), temperature)

    def score(power: float) -> tuple[float, float]:
        right = _corrected(shares, prior, power).argmax(axis=1) == labels
        return float(right.mean()), float(np.mean([right[labels == code].mean() for code in range(len(EMOTIONS))]))

    scores = {power: score(power) for power in POWERS}
    best = max(POWERS, key=lambda power: (scores[power][1], -power))
    (accuracy, recall), (accuracy_with, recall_with) = scores[0.0], scores[best]
    return Balance(best, prior, (accuracy, accuracy_with), (recall, recall_with))


def balanced(answer: Answer, balance: Balance) -> Answer:
    """Return an answer with its prior corrected: other calibrated shares, and so perhaps another emotion."""
    if answer.calibrated is None:
        return answer
    shares = _corrected(answer.calibrated, balance.prior, balance.power)
    label = int(shares.argmax())
    against = int((answer.votes[answer.chosen] != label).sum())
    return replace(
        answer, label=label, shares=shares, calibrated=shares, confidence=float(shares[label]), against=against
    )
