"""A prior correction of calibrated answers: emotions that are rare in Training are found more often.  NumPy alone."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Explorer, Setting, unseen_shares
from fer_core.ensemble.temperature import temperature_scaled

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
