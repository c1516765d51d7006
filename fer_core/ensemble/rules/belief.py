"""Dempster's rule of combination."""

import numpy as np

from fer_core.ensemble.decision import Decision, Outputs
from fer_core.ensemble.weightings import Weights

BELIEVED = 0.9
"""How far the member of most weight is believed; others less, in proportion."""


def dempster_shafer(outputs: Outputs, weights: Weights) -> Decision:
    """Combine members as evidence: what a member is not believed counts for any class alike.

    Member m, believed r_m, gives the mass r_m p_m(c) to each class c and 1 - r_m to "any of them".  Dempster's rule
    multiplies masses and renormalises; what is left on "any of them" is shared out equally (Shafer 1976, "A
    mathematical theory of evidence"; pignistic probabilities, Smets & Kennes 1994).
    """
    believed = BELIEVED * (weights / weights.max(axis=0)).mean(axis=1)
    images, classes = outputs.logs[0].shape
    agreed, ignorance = np.zeros((images, classes)), float(np.log1p(-believed).sum())
    for trust, probabilities in zip(believed, outputs.probabilities, strict=True):
        agreed += np.log(trust * probabilities + (1 - trust))
    most = agreed.max(axis=1, keepdims=True)
    shares = np.exp(agreed - most) - (1 - 1 / classes) * np.exp(ignorance - most)
    shares /= shares.sum(axis=1, keepdims=True)
    return Decision(shares.argmax(axis=1), shares)
