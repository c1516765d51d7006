"""Members that a user's data may bring and that no training would: never right, constant, copies, unlearned."""

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer_core.ensemble import Explorer, log_softmax
from fer_core.user_predictions import Extra

Drawn = Callable[[NDArray[np.int64], int, np.random.RandomState], NDArray[np.float64]]
MEMBERS: dict[str, Drawn] = {
    "never right": lambda labels, classes, _: 20 * np.eye(classes)[(labels + 1) % classes],
    "never right, without a doubt": lambda labels, classes, _: 3e4 * np.eye(classes)[(labels + 1) % classes],
    "always right, without a doubt": lambda labels, classes, _: 3e4 * np.eye(classes)[labels],
    "one class": lambda labels, classes, _: np.tile(5 * np.eye(classes)[0], (len(labels), 1)),
    "all classes alike": lambda labels, classes, _: np.zeros((len(labels), classes)),
    "chance": lambda labels, classes, rng: rng.standard_normal((len(labels), classes)),
    "some use": lambda labels, classes, rng: rng.standard_normal((len(labels), classes)) + 2 * np.eye(classes)[labels],
}
LABELS: dict[str, Callable[[int, int, np.random.RandomState], NDArray[np.int64]]] = {
    "two or so of each class": lambda rows, classes, _: np.arange(rows) % classes,
    "any": lambda rows, classes, rng: rng.randint(classes, size=rows),
    "without the last class": lambda rows, classes, rng: rng.randint(classes - 1, size=rows),
    "of one class": lambda rows, classes, _: np.zeros(rows, np.int64),
}


def extra_of(kinds: Sequence[str], *, classes: int, labels: str = "any", rows: int = 20, seed: int = 0) -> Extra:
    """Return members of these kinds, alone; those of one kind are copies."""
    rng = np.random.RandomState(seed)
    known = {split: np.asarray(LABELS[labels](rows, classes, rng), np.int64) for split in ("valid", "test")}
    logits = {
        split: np.stack(
            [log_softmax(MEMBERS[kind](own, classes, np.random.RandomState(seed))).astype(np.float32) for kind in kinds]
        )
        for split, own in known.items()
    }
    names = tuple(f"own {m + 1}" for m in range(len(kinds)))
    return Extra("odd.npz", f"{seed:064x}", names, tuple(map(str, range(classes))), logits, known, False)


@st.composite
def extras(draw: st.DrawFn) -> Extra:
    """Draw one to four such members, copies among them."""
    kinds = draw(st.lists(st.sampled_from(sorted(MEMBERS)), min_size=1, max_size=4))
    return extra_of(
        kinds,
        classes=draw(st.sampled_from([2, 3, 10])),
        labels=draw(st.sampled_from(sorted(LABELS))),
        seed=draw(st.integers(0, 1000)),
    )


def explorer_of(extra: Extra) -> Explorer:
    """Return their explorer."""
    return Explorer(extra.members, extra.logits, extra.labels, classes=extra.classes)
