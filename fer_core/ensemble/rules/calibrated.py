"""The mean of members that were each made as sure as they are right."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, Pool, log_softmax, outputs_of
from fer_core.ensemble.rules.pools import mean_probability
from fer_core.ensemble.temperature import fit_temperature
from fer_core.ensemble.weightings import Weights


def calibrated_mean(outputs: Outputs, labels: NDArray[np.int64]) -> Pool:
    """Fit a temperature to each member alone (Guo et al. 2017, arXiv 1706.04599); then average probabilities."""
    temperatures = [fit_temperature(own, labels) or 1.0 for own in outputs.probabilities]

    def pool(new: Outputs, weights: Weights) -> Decision:
        logs = [log_softmax(own / each) for own, each in zip(new.logs, temperatures, strict=True)]
        return mean_probability(outputs_of(np.stack(logs)), weights)

    return pool
