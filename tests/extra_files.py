"""Files of predictions, good and bad, for tests."""

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.user_predictions import Reference
from tests.synthetic import ROSTER, labels_of, logits_of, npz

ROWS = {"valid": 60, "test": 50}


def ours(seed: int = 0) -> Reference:
    """Return two small splits that members may join."""
    rng = np.random.RandomState(seed)
    return Reference(ROSTER, EMOTIONS, {split: labels_of(rows, rng) for split, rows in ROWS.items()})


def told(known: Reference, members: int = 2, seed: int = 1) -> dict[str, NDArray[np.float32]]:
    """Return log-probabilities float32 [M,N,7] of members that know something, of both splits."""
    rng = np.random.RandomState(seed)
    return {split: logits_of(labels, members, rng) for split, labels in known.labels.items()}


def probabilities(logits: NDArray[Any]) -> NDArray[Any]:
    """Return probabilities of logits."""
    shares: NDArray[Any] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def other_data(rows: int = 80, classes: int = 4, members: int = 3, seed: int = 2) -> dict[str, NDArray[Any]]:
    """Return logits and labels of rows that are not FER-2013's, as arrays of an NPZ."""
    rng = np.random.RandomState(seed)
    labels = np.arange(rows) % classes
    logits = rng.standard_normal((members, rows, classes)) + 1.5 * np.eye(classes)[labels]
    return {"logits": logits, "labels": labels, "members": np.array([f"m{i}" for i in range(members)])}


def table(header: list[str], rows: list[list[object]], delimiter: str = ",") -> bytes:
    """Return a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([header, *rows])
    return text.getvalue().encode()


def joining_npz(known: Reference, members: int = 2, **more: NDArray[Any]) -> bytes:
    """Return an NPZ of members that join; more : further arrays, or others in place of those."""
    arrays: dict[str, Any] = dict(told(known, members))
    arrays["members"] = np.array([f"mine {i}" for i in range(members)])
    return npz(**(arrays | more))


def joining_rows(known: Reference) -> list[list[object]]:
    """Return the lines of a CSV of one member that joins: member, split, row and a probability a class."""
    said = told(known, 1)
    return [
        ["svm", split, row, *probabilities(said[split][0, row].astype(float)).tolist()]
        for split, labels in known.labels.items()
        for row in range(len(labels))
    ]
