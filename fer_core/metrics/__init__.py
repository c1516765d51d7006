"""Scores of decisions and of probabilities.  NumPy alone."""

from fer_core.metrics.scores import (
    Mcnemar,
    Reliability,
    accuracy,
    brier,
    calibration_error,
    confusion,
    log_likelihood_loss,
    macro_f1,
    mcnemar,
    paired_interval,
    recalls,
    reliability,
    wilson,
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
