"""Speed and memory of the laboratory: every subset, what members contribute, and very many members.

Each beside what a user would write with NumPy or scikit-learn.
"""

import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.bench.recompute import IMAGES, Timing, measure
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, Setting
from fer_core.ensemble.large import scores_of_many
from fer_core.ensemble.subsets.contributions import shapley
from fer_core.ensemble.subsets.every import every_subset

FEW, SEVERAL, MANY, MANY_IMAGES = 9, 16, 1000, 10_000
SAMPLE = 512
"""Subsets of sixteen members that the plain way is timed on; it would take half a minute for all."""


@dataclass(frozen=True)
class Compared:
    """A call and the plain way to the same.

    plain_ms : None where a package is missing; plain : what that way is
    """

    ours: Timing
    plain_ms: float | None
    plain: str


@dataclass(frozen=True)
class Laboratory:
    """All of them, and what they were taken with."""

    machine: str
    cpus: int
    numpy: str
    repeat: int
    compared: tuple[Compared, ...]
    logits_mib: float
    """Size of the cached probabilities of the many members."""

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def explorer_of_made_up(members: int, *, seed: int = 0) -> Explorer:
    """Return an explorer of made-up members on as many images as FER-2013's test split, about as good as real ones."""
    rng = np.random.RandomState(seed)
    names, labels, logits = tuple(f"member{i}" for i in range(members)), {}, {}
    for split in ("valid", "test"):
        own = rng.randint(0, len(EMOTIONS), IMAGES).astype(np.int64)
        shared, single = rng.standard_normal((1, IMAGES, 7)), rng.standard_normal((members, IMAGES, 7))
        logits[split] = (1.6 * np.eye(7)[own] + 0.9 * shared + 0.6 * single).astype(np.float32)
        labels[split] = own
    return Explorer(names, logits, labels)


def plain_subsets(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], numbers: list[int]
) -> NDArray[np.float64]:
    """Return the accuracy of some subsets as NumPy is used for it: a mean and an argmax for each."""
    members = len(probabilities)
    return np.array(
        [
            (probabilities[[i for i in range(members) if s >> i & 1]].mean(axis=0).argmax(axis=1) == labels).mean()
            for s in numbers
        ]
    )


def plain_shapley(values: NDArray[np.float64]) -> list[float]:
    """Return Shapley values as their definition says: a sum over the subsets of the others."""
    members = len(values).bit_length() - 1
    found = []
    for i in range(members):
        others, total = [j for j in range(members) if j != i], 0.0
        for size in range(members):
            weight = 1 / (members * comb(members - 1, size))
            for inside in combinations(others, size):
                number = sum(1 << j for j in inside)
                total += weight * float(values[number | 1 << i] - values[number])
        found.append(total)
    return found


def plain_many(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> Callable[[], dict[str, Any]] | None:
    """Return a recompute of many members as scikit-learn's users write it, or None without scikit-learn."""
    try:
        from sklearn import metrics  # type: ignore[import-untyped]
    except ImportError:
        return None

    def recompute() -> dict[str, Any]:
        pooled = np.average(probabilities, axis=0, weights=weights[:, 0])
        pooled /= pooled.sum(axis=1, keepdims=True)  # scikit-learn warns of float32 rows that do not sum to one
        predicted = pooled.argmax(axis=1)
        return {
            "accuracy": metrics.accuracy_score(labels, predicted),
            "macro_f1": metrics.f1_score(labels, predicted, average="macro", zero_division=0),
            "confusion": metrics.confusion_matrix(labels, predicted),
            "nll": metrics.log_loss(labels, pooled),
            "brier": ((pooled - np.eye(len(EMOTIONS))[labels]) ** 2).sum(axis=1).mean(),
        }

    return recompute


def many_members(
    members: int = MANY, images: int = MANY_IMAGES, *, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """Return made-up probabilities float32 [M,N,7], labels int64 [N], and weights float64 [M,7] alike for all classes.

    Made member by member, so that no more memory is taken than the probabilities need.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(EMOTIONS), images)
    told = np.empty((members, images, len(EMOTIONS)), np.float32)
    shared = 1.6 * np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    for own in told:
        own[:] = np.exp(shared + rng.standard_normal(own.shape, dtype=np.float32))
        own /= own.sum(axis=1, keepdims=True)
    return told, labels, np.repeat(rng.uniform(0.5, 1, (members, 1)), len(EMOTIONS), axis=1)


def _one(call: Callable[[], object]) -> float:
    return measure("", call, repeat=3).median_ms


def time_laboratory(*, repeat: int = 20, say: Callable[[str], None] = lambda words: None) -> Laboratory:
    """Time the laboratory and the plain ways; say : told what is being timed."""
    compared = []
    for members, times in ((FEW, repeat), (SEVERAL, max(3, repeat // 7))):
        count = 2**members - 1
        say(f"Every subset of {members} members")
        explorer = explorer_of_made_up(members)
        part, numbers = explorer.part("test"), list(range(1, count + 1))[:: max(1, count // SAMPLE)]
        ours = measure(
            f"all {count:,} subsets of {members} members",
            partial(every_subset, explorer, Setting(explorer.members)),
            repeat=times,
        )
        plain = _one(partial(plain_subsets, part.probabilities, part.labels, numbers)) * count / len(numbers)
        how = "NumPy, mean and argmax for each" + ("" if len(numbers) == count else f", from {len(numbers)} of them")
        compared.append(Compared(ours, plain, how))
        if members == FEW:
            values = every_subset(explorer, Setting(explorer.members)).accuracy
            ours = measure("exact Shapley values of nine, subsets known", partial(shapley, values), repeat=repeat)
            compared.append(Compared(ours, _one(partial(plain_shapley, values)), "the definition, in Python"))
    say(f"{MANY:,} members")
    told, labels, weights = many_members()
    lean = weights * np.linspace(0.9, 1, len(EMOTIONS))
    theirs = plain_many(told, labels, weights)
    for what, given in (("one weight a member", weights), ("one a class", lean)):
        ours = measure(
            f"{MANY:,} members x {MANY_IMAGES:,} images, {what}",
            partial(scores_of_many, told, labels, given),
            repeat=repeat,
        )
        plain_ms = None if theirs is None or given is lean else _one(theirs)
        compared.append(Compared(ours, plain_ms, "NumPy's average, scikit-learn's metrics" if given is weights else ""))
    return Laboratory(
        platform.platform(), os.cpu_count() or 1, np.__version__, repeat, tuple(compared), told.nbytes / 2**20
    )
