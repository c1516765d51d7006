"""Finding out whether rows or classes stand in another order than they should, and which members are at chance."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import SCORED
from fer_core.errors import BadExtra
from fer_core.metrics import confusion
from fer_core.user_predictions.classes import order_called
from fer_core.user_predictions.types import Reference

CLEAR = 0.15
"""By how much more of the rows another order has to be right before it is taken for the one that was meant."""
MANY = 100
"""Classes above which no other order is looked for."""
FEW = 3
"""Members that have a sentence each; of more, one sentence names some."""
BEYOND = 1.645
"""By how many standard deviations a member has to be right more often than by chance, which 5% are by chance."""


def refuse_other_order(
    logits: dict[str, NDArray[np.float32]],
    file: str,
    names: tuple[str, ...],
    reference: Reference,
    remarks: dict[str, None],
) -> None:
    """Raise BadExtra where classes or splits have clearly changed places; remark on members that are at chance."""
    labels, other = reference.labels["valid"], reference.labels["test"]
    for m, name in enumerate(names):
        said = logits["valid"][m].argmax(axis=1)
        if meant := other_order(said, labels, reference.classes):
            raise BadExtra(
                f"{file}: the classes of {name} seem to be in the order {', '.join(meant)}{order_called(meant)}; "
                f"expected {', '.join(reference.classes)}, or their names in 'classes'."
            )
        right = float((said == labels).mean())
        if len(other) == len(labels) and float((said == other).mean()) > right + CLEAR:
            raise BadExtra(f"{file}: {name} has the rows of {SCORED['test']} where those of {SCORED['valid']} belong.")
    for split, known in reference.labels.items():
        decided = logits[split].argmax(axis=2)
        remarks.update(
            dict.fromkeys(_at_chance(decided, known, names, SCORED[split], "rows in the order of fer2013.csv"))
        )


def remark_on_chance(
    logits: Mapping[str, NDArray[np.float32]],
    labels: Mapping[str, NDArray[np.int64]],
    names: Sequence[str],
    classes: Sequence[str],
    remarks: dict[str, None],
) -> None:
    """Remark on members that stand alone and are at chance, or whose classes seem to have changed places."""
    decided = np.concatenate([logits[part].argmax(axis=2) for part in logits], axis=1)
    known = np.concatenate([labels[part] for part in logits])
    for name, said in zip(names, decided, strict=True):
        if meant := other_order(said, known, classes):
            listed = ", ".join(meant[:8]) + (", ..." if len(meant) > 8 else "")
            remarks[f"{name} would be right far more often if its classes were in the order {listed}. Are they?"] = None
    remarks.update(dict.fromkeys(_at_chance(decided, known, names, "its rows", "rows in the order of the labels")))


def other_order(said: NDArray[np.int64], labels: NDArray[np.int64], classes: Sequence[str]) -> list[str] | None:
    """Return the order of the classes under which decisions int64 [N] are clearly more often right; None for none.

    It is the one under which most are right, and it counts where that is more than looking for one finds in noise, also
    beside always saying one class, and each class that is there, but one, is said.
    """
    if not 2 <= len(classes) <= MANY:
        return None
    # Imported here: it is large, and a page that shows no file of a user's own does without.
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    counts = confusion(said, labels, len(classes))
    if np.count_nonzero(counts.sum(axis=0)) + 1 < np.count_nonzero(counts.sum(axis=1)):
        return None
    columns, meant = linear_sum_assignment(-counts.T)
    share, right = float(counts[meant, columns].sum() / len(labels)), float((said == labels).mean())
    noise = math.sqrt(2 * math.log(len(classes)) / len(labels))  # what the best of all orders gains of random decisions
    clear = share > right + CLEAR + noise and share > float(np.bincount(labels).max() / len(labels)) + noise
    return [classes[c] for c in meant] if clear else None


def by_chance(said: NDArray[np.int64], labels: NDArray[np.int64]) -> tuple[float, float]:
    """Return how many of N decisions are right by chance, if the same ones are dealt out anew: mean and deviation."""
    n, most = len(labels), int(max(said.max(), labels.max())) + 1
    pairs = (np.bincount(said, minlength=most) * np.bincount(labels, minlength=most)).astype(float)
    fewer = (np.bincount(said, minlength=most) - 1.0) * (np.bincount(labels, minlength=most) - 1.0)
    mean = pairs.sum() / n
    two = ((pairs * fewer).sum() + pairs.sum() ** 2 - (pairs**2).sum()) / (n * (n - 1))
    return mean, float(np.sqrt(max(0.0, two + mean - mean**2)))


def _at_chance(
    decided: NDArray[np.int64], labels: NDArray[np.int64], names: Sequence[str], of: str, ask: str
) -> list[str]:
    """Return a sentence on each member that is right no more often than by chance."""
    found = {}
    for name, said in zip(names, decided, strict=True):
        right, (mean, deviation) = int((said == labels).sum()), by_chance(said, labels)
        if right <= mean + BEYOND * deviation:
            found[name] = (right / len(labels), mean / len(labels))
    if len(found) > FEW:
        listed = ", ".join(list(found)[:FEW])
        return [f"{len(found):,} members are right on {of} no more often than chance ({listed}, ...): are {ask}?"]
    return [
        f"{name} is right on {100 * right:.1f}% of {of}, no clear gain over chance ({100 * mean:.1f}%): are its {ask}?"
        for name, (right, mean) in found.items()
    ]
