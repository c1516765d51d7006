"""Finding out whether rows or classes stand in another order than they should."""

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import BadExtra
from fer_core.extra.types import PARTS, Ours
from fer_core.metrics import confusion

CLEAR = 0.15
"""By how much more of the rows another order has to be right before it is taken for the one that was meant."""


def refuse_other_order(
    logits: dict[str, NDArray[np.float32]], file: str, names: tuple[str, ...], ours: Ours, remarks: dict[str, None]
) -> None:
    """Raise BadExtra where classes or splits have clearly changed places; remark on a member that is at chance."""
    labels, classes = ours.labels["valid"], len(ours.classes)
    for m, name in enumerate(names):
        said = logits["valid"][m].argmax(axis=1)
        right = float((said == labels).mean())
        counts = confusion(said, labels, classes)
        meant = counts.argmax(axis=0)  # for each class that is said, the one that is mostly true
        if len(set(meant.tolist())) == classes and _share(counts, meant) > right + CLEAR:
            listed = ", ".join(ours.classes[c] for c in meant)
            raise BadExtra(
                f"{file}: the classes of {name} seem to stand in the order {listed}; expected "
                f"{', '.join(ours.classes)}."
            )
        other = ours.labels["test"]
        if len(other) == len(labels) and float((said == other).mean()) > right + CLEAR:
            raise BadExtra(f"{file}: {name} has the rows of {PARTS['test']} where those of {PARTS['valid']} belong.")
        usual = float(np.bincount(labels).max() / len(labels))
        if right < usual:
            remarks[
                f"{name} is right on {100 * right:.1f}% of {PARTS['valid']}, less than always saying one class: are "
                "its rows in the order of fer2013.csv?"
            ] = None


def _share(counts: NDArray[np.int64], meant: NDArray[np.intp]) -> float:
    return float(counts[meant, np.arange(len(meant))].sum() / counts.sum())
