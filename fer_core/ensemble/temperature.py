"""One temperature that makes an ensemble's confidence agree with how often it is right."""

import math

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import log_softmax

COLDEST, HOTTEST, STEPS = 0.05, 20.0, 100
"""Temperatures between which one is looked for, and most steps to find it."""


def temperature_scaled(shares: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Return shares [...,C] raised to 1/temperature and renormalised; the order of the classes stays.

    Parameters
    ----------
    shares
        Shares that sum to one over the last axis.
    temperature
        Above one it brings the shares of a row nearer to each other, below one further apart.

    Returns
    -------
    float64 [...,C]
        Shares that sum to one again.

    Raises
    ------
    ValueError
        If the temperature is not a positive number.

    Examples
    --------
    >>> import numpy as np
    >>> temperature_scaled(np.array([0.2, 0.8]), 2.0).round(2).tolist()
    [0.33, 0.67]
    """
    if not temperature > 0:
        raise ValueError(f"temperature: expected a positive number, got {temperature}")
    with np.errstate(divide="ignore"):
        logs = np.log(shares) / temperature
    return np.exp(log_softmax(logs))


def fit_temperature(shares: NDArray[np.float64], labels: NDArray[np.int64]) -> float | None:
    """Return the temperature of least log loss for shares [N,C] and labels int64 [N]; None where one is zero.

    It is fitted after pooling (Rahaman & Thiery 2021, arXiv 2007.08792), as in Guo et al. 2017 (arXiv 1706.04599).  The
    loss is convex in 1/temperature, so its one minimum lies where the slope changes sign.

    Parameters
    ----------
    shares
        What an ensemble says of N images, float64 [N,C], rows summing to one.
    labels
        The true class of each.

    Returns
    -------
    float or None
        Between `COLDEST` and `HOTTEST`.

    Raises
    ------
    ValueError
        If there is not one label a row, or no row.

    Examples
    --------
    Right three times of four with a share of 0.9, which is too sure:

    >>> import numpy as np
    >>> shares = np.tile([0.9, 0.1], (4, 1))
    >>> temperature = fit_temperature(shares, np.array([0, 0, 0, 1]))
    >>> temperature_scaled(shares, temperature)[0].round(2).tolist()
    [0.75, 0.25]
    """
    if shares.ndim != 2 or labels.shape != shares.shape[:1] or not len(labels):
        raise ValueError(f"labels: expected one a row of {list(shares.shape)}, got {list(labels.shape)}")
    if not (shares > 0).all():
        return None
    logs = np.log(shares)
    own = logs[np.arange(len(labels)), labels]
    # SciPy's minimize_scalar finds the same minimum (a test compares them). It takes three to four times as long and
    # stops at 1e-8 since it sees no slope, and the page Confidence would import SciPy for it alone, in about a second.
    inverse, low, high = 1.0, 1 / HOTTEST, 1 / COLDEST
    for _ in range(STEPS):
        p = np.exp(log_softmax(logs * inverse))
        mean = (p * logs).sum(axis=1)
        slope = float((mean - own).mean())
        curve = float(((p * logs * logs).sum(axis=1) - mean * mean).mean())
        if abs(slope) < 1e-12:
            break
        low, high = (low, inverse) if slope > 0 else (inverse, high)
        # Newton's step, but where shares are so sure that the loss is nearly straight it leads anywhere.
        step = inverse - slope / curve if curve > 0 else 0.0
        before, inverse = inverse, step if low < step < high else math.sqrt(low * high)
        if abs(inverse - before) < 1e-9 * before:
            break
    return 1 / inverse
