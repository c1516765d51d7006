"""Speed and memory of one full recompute, side by side with what a user would write with scikit-learn."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, Explorer, Setting

MEMBERS, IMAGES = 9, 3589


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one call, at the median and at the 95th percentile, and peak MiB that it allocates."""

    what: str
    median_ms: float
    p95_ms: float
    peak_mib: float


def measure(what: str, call: Callable[[], object], *, repeat: int) -> Timing:
    """Time `repeat` calls after three to warm up; memory is measured in one more."""
    for _ in range(3):
        call()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Timing(what, 1000 * float(np.median(seconds)), 1000 * float(np.percentile(seconds, 95)), peak / 2**20)


def synthetic(seed: int = 0) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.int64]]]:
    """Return made-up logits float32 [9,3589,7] and labels int64 [3589] of both splits, about as good as real ones."""
    rng = np.random.RandomState(seed)
    labels = {split: rng.randint(0, len(EMOTIONS), IMAGES).astype(np.int64) for split in ("valid", "test")}
    logits = {}
    for split, own in labels.items():
        shared, single = rng.standard_normal((1, IMAGES, 7)), rng.standard_normal((MEMBERS, IMAGES, 7))
        logits[split] = (1.6 * np.eye(7)[own] + 0.9 * shared + 0.6 * single).astype(np.float32)
    return logits, labels


def _with_sklearn(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> Callable[[], object] | None:
    """Return the same recompute as a user would write it with SciPy and scikit-learn, or None without them."""
    try:
        from scipy.special import softmax  # type: ignore[import-untyped]
        from scipy.stats import binomtest  # type: ignore[import-untyped]
        from sklearn import metrics  # type: ignore[import-untyped]
    except ImportError:
        return None

    def recompute() -> dict[str, Any]:
        probabilities = softmax(logits.astype(float), axis=2)
        pooled = np.average(probabilities, axis=0, weights=np.ones(len(logits)))
        predicted, first = pooled.argmax(axis=1), probabilities[0].argmax(axis=1)
        right, other = predicted == labels, first == labels
        only = int((right & ~other).sum())
        confidence, found = pooled.max(axis=1), []
        edges = np.linspace(0, 1, 16)
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            inside = (confidence > low) & (confidence <= high)
            if inside.any():
                found.append(inside.mean() * abs(confidence[inside].mean() - right[inside].mean()))
        return {
            "accuracy": metrics.accuracy_score(labels, predicted),
            "interval": binomtest(int(right.sum()), len(labels)).proportion_ci(method="wilson"),
            "f1": metrics.f1_score(labels, predicted, average="macro"),
            "recall": metrics.recall_score(labels, predicted, average=None),
            "recall_of_best": metrics.recall_score(labels, first, average=None),
            "confusion": metrics.confusion_matrix(labels, predicted),
            "nll": metrics.log_loss(labels, pooled),
            "brier": ((pooled - np.eye(7)[labels]) ** 2).sum(axis=1).mean(),
            "ece": sum(found),
            "mcnemar": binomtest(only, only + int((other & ~right).sum())),
        }

    return recompute


def bench(*, repeat: int = 200) -> list[Timing]:
    """Time one full recompute of 9 members x 3,589 images x 7 classes: weights, combination and all metrics."""
    logits, labels = synthetic()
    names = tuple(f"member{i}" for i in range(MEMBERS))
    explorer = Explorer(names, logits, labels)
    timings = []
    for weighting in ("equal", "categorical"):
        for combiner in COMBINERS:
            setting = Setting(names, weighting, combiner)
            what = f"{weighting}, {combiner}"
            timings.append(measure(what, lambda setting=setting: explorer.recompute(setting), repeat=repeat))  # type: ignore[misc]
    peer = _with_sklearn(logits["test"], labels["test"])
    if peer is not None:
        timings.append(measure("equal, mean_probability, written with scikit-learn", peer, repeat=max(20, repeat // 4)))
    return timings
