"""Speed and memory of one full recompute, side by side with what a user would write with scikit-learn."""

import os
import platform
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, Explorer, Setting, schemes


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one call, at the median and at the 95th percentile, and peak MiB that it allocates."""

    what: str
    median_ms: float
    p95_ms: float
    peak_mib: float


@dataclass(frozen=True)
class Bench:
    """Timings, and the machine and the versions they were taken with; peer : None where scikit-learn is missing."""

    machine: str
    cpus: int
    python: str
    numpy: str
    peer: str | None
    members: int
    images: int
    repeat: int
    timings: tuple[Timing, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {"classes": len(EMOTIONS), **asdict(self)}


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


MEMBERS, IMAGES = 9, 3589


def synthetic(seed: int = 0) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.int64]]]:
    """Return made-up logits float32 [9,3589,7] and labels int64 [3589] of both splits, about as good as real ones."""
    rng = np.random.RandomState(seed)
    labels = {split: rng.randint(0, len(EMOTIONS), IMAGES).astype(np.int64) for split in ("valid", "test")}
    logits = {}
    for split, own in labels.items():
        shared, single = rng.standard_normal((1, IMAGES, 7)), rng.standard_normal((MEMBERS, IMAGES, 7))
        logits[split] = (1.6 * np.eye(7)[own] + 0.9 * shared + 0.6 * single).astype(np.float32)
    return logits, labels


def sklearn_recompute(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], best: int
) -> Callable[[], dict[str, Any]] | None:
    """Return the same recompute as a user would write it with SciPy and scikit-learn, or None without them.

    probabilities : float64 [M,N,C], made ready beforehand as the explorer's are; best : the member to test against
    """
    try:
        from scipy.stats import binomtest  # type: ignore[import-untyped]
        from sklearn import metrics  # type: ignore[import-untyped]
    except ImportError:
        return None

    def recompute() -> dict[str, Any]:
        pooled = np.average(probabilities, axis=0, weights=np.ones(len(probabilities)))
        predicted, first = pooled.argmax(axis=1), probabilities[best].argmax(axis=1)
        right, other = predicted == labels, first == labels
        only = int((right & ~other).sum())
        confidence, gaps = pooled.max(axis=1), []
        edges = np.linspace(0, 1, 16)
        for low, high in pairwise(edges):
            inside = (confidence > low) & (confidence <= high)
            if inside.any():
                gaps.append(inside.mean() * abs(confidence[inside].mean() - right[inside].mean()))
        interval = binomtest(int(right.sum()), len(labels)).proportion_ci(method="wilson")
        return {
            "accuracy": metrics.accuracy_score(labels, predicted),
            "member_accuracy": [metrics.accuracy_score(labels, own.argmax(axis=1)) for own in probabilities],
            "interval": (interval.low, interval.high),
            "macro_f1": metrics.f1_score(labels, predicted, average="macro", zero_division=0),
            "recalls": metrics.recall_score(labels, predicted, average=None),
            "recalls_of_best": metrics.recall_score(labels, first, average=None),
            "confusion": metrics.confusion_matrix(labels, predicted),
            "nll": metrics.log_loss(labels, pooled),
            "brier": ((pooled - np.eye(len(EMOTIONS))[labels]) ** 2).sum(axis=1).mean(),
            "ece": sum(gaps),
            "p": binomtest(only, only + int((other & ~right).sum())).pvalue,
        }

    return recompute


def bench(*, repeat: int = 200, real: Explorer | None = None) -> Bench:
    """Time one full recompute of 9 members x 3,589 images x 7 classes: weights, combination and all metrics.

    real : the explorer of the artifacts, to be timed beside the made-up one
    """
    logits, labels = synthetic()
    names = tuple(f"member{i}" for i in range(MEMBERS))
    build = partial(Explorer, names, logits, labels)
    explorer, timings = build(), []
    for weighting, combiner in schemes():
        # Weights are fitted beforehand, and what a combiner has learned is kept, so neither is timed here.
        if weighting in ("equal", "categorical") and COMBINERS[combiner].fit is None:
            call = partial(explorer.recompute, Setting(names, weighting, combiner))
            timings.append(measure(f"{weighting}, {combiner}", call, repeat=repeat))
    if real is not None:
        call = partial(real.recompute, Setting(real.members, "categorical"))
        count = len(real.members)
        what = f"the {count} member{'s' if count > 1 else ''} of artifacts, categorical, mean_probability"
        timings.append(measure(what, call, repeat=repeat))
    timings.append(measure("making the explorer ready, once a process", build, repeat=max(5, repeat // 20)))
    best = names.index(explorer.best_member)
    peer, version = sklearn_recompute(explorer.part("test").probabilities, labels["test"], best), None
    if peer is not None:
        import sklearn

        version = f"scikit-learn {sklearn.__version__}"
        timings.append(measure(f"equal, mean_probability, written with {version}", peer, repeat=max(20, repeat // 4)))
    return Bench(
        machine=platform.platform(),
        cpus=os.cpu_count() or 1,
        python=platform.python_version(),
        numpy=np.__version__,
        peer=version,
        members=MEMBERS,
        images=IMAGES,
        repeat=repeat,
        timings=tuple(timings),
    )
