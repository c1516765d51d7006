"""Scores of decisions and of probabilities.  NumPy alone."""

from fer_core.metrics.intervals import Mcnemar, mcnemar, paired_interval, wilson
from fer_core.metrics.scores import (
    Reliability,
    accuracy,
    brier,
    calibration_error,
    confusion,
    log_likelihood_loss,
    macro_f1,
    recalls,
    reliability,
)

__all__ = [
    "Mcnemar",
    "Reliability",
    "accuracy",
    "brier",
    "calibration_error",
    "confusion",
    "log_likelihood_loss",
    "macro_f1",
    "mcnemar",
    "paired_interval",
    "recalls",
    "reliability",
    "wilson",
]
