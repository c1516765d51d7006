"""Scores of decided classes and of probabilities, against labels int64 [N], and how sure they are."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray


def _checked(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> int:
    if predicted.shape != labels.shape or predicted.ndim != 1:
        raise ValueError(f"predicted: expected shape {list(labels.shape)}, got {list(predicted.shape)}")
    if not len(labels):
        raise ValueError("labels: expected at least one image, got none")
    return len(labels)


def accuracy(predicted: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    """Return the share of images that are right."""
    n = _checked(predicted, labels)
    return int((predicted == labels).sum()) / n


def confusion(predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Return counts int64 [C,C]; rows are true classes, columns predicted ones."""
    _checked(predicted, labels)
    for name, given in (("predicted", predicted), ("labels", labels)):
        if given.min() < 0 or given.max() >= classes:
            raise ValueError(f"{name}: expected classes 0 to {classes - 1}, got {given.min()} to {given.max()}")
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def recalls(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each true class that is found, from a confusion matrix: float64 [C].

    NaN for a class that no image has.
    """
    totals = counts.sum(axis=1)
    return np.where(totals > 0, np.diag(counts) / np.maximum(totals, 1), np.nan)


def macro_f1(counts: NDArray[np.int64]) -> float:
    """Return the mean of the classes' F1 scores, from a confusion matrix.

    F1 is the harmonic mean of precision and recall, 0 for a class that is never right; classes that are neither true
    nor predicted anywhere are left out, as scikit-learn's `f1_score(average="macro", zero_division=0)` does.
    """
    sums = counts.sum(axis=0) + counts.sum(axis=1)
    present = sums > 0
    if not present.any():
        raise ValueError("counts: expected at least one image, got none")
    return float((2 * np.diag(counts)[present] / sums[present]).mean())


def _own(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the probability of each image's own class: float64 [N]."""
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1]:
        raise ValueError(f"labels: expected one a row of {list(probabilities.shape)}, got {list(labels.shape)}")
    if not len(labels):
        raise ValueError("labels: expected at least one image, got none")
    own: NDArray[np.float64] = probabilities[np.arange(len(labels)), labels]
    return own


def log_likelihood_loss(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the mean negative log-likelihood in nats; NaN where a true class has probability zero."""
    own = _own(probabilities, labels)
    return float(-np.log(own).mean()) if (own > 0).all() else float("nan")


def brier(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the mean squared distance to the one-hot label, summed over classes: 0 to 2 (Brier 1950)."""
    own = _own(probabilities, labels)
    squares = np.einsum("nc,nc->n", probabilities, probabilities)
    return float((squares - 2 * own + 1).mean())


def calibration_error(probabilities: NDArray[np.float64], labels: NDArray[np.int64], *, bins: int = 15) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy over equal-width bins.

    A confidence is the largest probability of a row; bin b holds the confidences in (b/bins, (b+1)/bins], so that 1.0
    is in the last, and each bin weighs as many images as it holds (Guo et al. 2017, arXiv 1706.04599).
    """
    _own(probabilities, labels)
    return binned_gap(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins=bins)


def binned_gap(confidence: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 15) -> float:
    """Return the expected calibration error of decisions: confidence float64 [N], whether each is right bool [N]."""
    gap = np.bincount(_bin_of(confidence, bins), weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(confidence))


def _bin_of(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """Return the bin of each confidence: int64 [N]."""
    if bins < 1:
        raise ValueError(f"bins: expected at least 1, got {bins}")
    # Vote shares such as 3 of 9 lie on an edge: rounding must not move them over it.
    return np.clip(np.ceil(confidence * bins - 1e-9).astype(np.int64) - 1, 0, bins - 1)


@dataclass(frozen=True, eq=False)
class Reliability:
    """Decisions in equal-width bins of confidence: what a reliability diagram shows.

    edges : float64 [B+1]; counts : images of each bin, int64 [B]
    confidence, accuracy : mean confidence and share of right decisions of each bin, float64 [B], NaN for an empty one
    ece : expected calibration error; excess : mean confidence less accuracy over all images, above 0 for too sure
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    ece: float
    excess: float


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 15) -> Reliability:
    """Sort decisions by confidence float64 [N], with whether each is right bool [N] (Niculescu-Mizil & Caruana 2005).

    Bins are those of `calibration_error`.
    """
    if right.shape != confidence.shape or confidence.ndim != 1:
        raise ValueError(f"right: expected shape {list(confidence.shape)}, got {list(right.shape)}")
    if not len(confidence):
        raise ValueError("confidence: expected at least one image, got none")
    index = _bin_of(confidence, bins)
    counts = np.bincount(index, minlength=bins)
    sums = [np.bincount(index, weights=values, minlength=bins) for values in (confidence, right)]
    means = [np.where(counts > 0, total / np.maximum(counts, 1), np.nan) for total in sums]
    return Reliability(
        edges=np.linspace(0, 1, bins + 1),
        counts=counts,
        confidence=means[0],
        accuracy=means[1],
        ece=binned_gap(confidence, right, bins=bins),
        excess=float(confidence.mean() - right.mean()),
    )


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
