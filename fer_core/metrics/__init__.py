"""Scores of decisions and of probabilities.  NumPy alone."""

from fer_core.metrics.decisions import accuracy, confusion, macro_f1, recalls
from fer_core.metrics.intervals import Mcnemar, mcnemar, wilson
from fer_core.metrics.probabilities import brier, calibration_error, log_likelihood_loss

__all__ = [
    "Mcnemar",
    "accuracy",
    "brier",
    "calibration_error",
    "confusion",
    "log_likelihood_loss",
    "macro_f1",
    "mcnemar",
    "recalls",
    "wilson",
]
