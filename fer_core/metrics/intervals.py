"""How sure a number is: an interval for one accuracy, a paired test for two."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Z95 = NormalDist().inv_cdf(0.975)
"""Standard errors on either side of a mean that hold 95% of a normal distribution."""


def wilson(correct: int, n: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share of `correct` out of `n` (Wilson 1927)."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: expected a share between 0 and 1, got {confidence}")
    if not 0 <= correct <= n or n < 1:
        raise ValueError(f"correct: expected 0 to n = {n} of at least one image, got {correct}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = correct / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    # Rounding must not keep an interval from its own share, at 0 and at 1 above all.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


@dataclass(frozen=True)
class Mcnemar:
    """Images that only the first, and only the second, gets right, and the two-sided p-value that this is chance."""

    only_first: int
    only_second: int
    p: float


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Mcnemar:
    """Test two classifiers on the same images by whether each is right: bool [N] twice (McNemar 1947, exact).

    p is the two-sided binomial probability of a split of the discordant images at least as uneven; 1 for none.
    """
    if first.shape != second.shape:
        raise ValueError(f"second: expected shape {list(first.shape)}, got {list(second.shape)}")
    a, b = int((first & ~second).sum()), int((second & ~first).sum())
    n = a + b
    # SciPy's binomtest gives the same p (a test compares them), but importing scipy.stats takes about a second, and the
    # explorer's first page shows this p.
    logs = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(min(a, b) + 1)]
    tail = math.fsum(math.exp(value - n * math.log(2)) for value in logs)
    return Mcnemar(a, b, min(1.0, 2 * tail))


def paired_interval(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    *,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return an interval of how much more often the first is right, on the same images: a paired percentile bootstrap.

    first, second : whether each image is right, bool [N] (Efron & Tibshirani 1993).  Images are drawn anew with both
    answers; since an image counts +1, 0 or -1, how many of each are drawn is a draw from a multinomial.
    """
    if first.shape != second.shape or not len(first):
        raise ValueError(f"second: expected shape {list(first.shape)} of at least one image, got {list(second.shape)}")
    if not 0 < confidence < 1 or resamples < 1:
        raise ValueError(f"confidence: expected a share between 0 and 1, and at least one resample, got {confidence}")
    n = len(first)
    ahead, behind = int((first & ~second).sum()), int((second & ~first).sum())
    shares = [ahead / n, behind / n, 1 - (ahead + behind) / n]
    drawn = np.random.RandomState(seed).multinomial(n, shares, resamples)
    tail = 50 * (1 - confidence)
    low, high = np.percentile((drawn[:, 0] - drawn[:, 1]) / n, [tail, 100 - tail])
    return float(low), float(high)
