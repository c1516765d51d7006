"""What is shown of classes or members that are too many, or too long, to be shown whole."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

CLASSES = 20
"""Most classes that have a row each; of more, those with most to see."""
LONGEST, IN_TITLE, IN_CARD = 16, 13, 9
"""Most letters of a name beside a figure, in its title, and in the narrow column of a card."""
FEW, DENSE = 15, 16
"""Most members whose rows have room, and the height in pixels of a row of more."""


def short(name: str, most: int = LONGEST) -> str:
    """Return a name of no more letters than `most`: of a longer one its begin and its end, where names often differ."""
    if len(name) <= most:
        return name
    end = most // 2
    return f"{name[: most - end - 1]}…{name[-end:]}"


def named(names: Sequence[str], most: int = LONGEST) -> dict[str, object]:
    """Return what makes an axis say every one of these names, in this order, numbers too; most : letters of one."""
    whole = list(names)
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": whole,
        "tickvals": whole,
        "ticktext": [short(name, most) for name in whole],
    }


def largest(values: ArrayLike, most: int = CLASSES) -> list[int]:
    """Return the positions of the largest of values [C], in order; all, if they are no more than `most`."""
    found = np.argsort(-np.nan_to_num(np.asarray(values, float)), kind="stable")[:most]
    return sorted(found.tolist())


def of_how_many(shown: int, total: int, kinds: str) -> str:
    """Say that some of the classes are shown; nothing where all are."""
    return "" if shown == total else f"{shown} of {total} {kinds}"


def height(rows: int, each: int) -> int:
    """Return how high some members' rows are in pixels; each : a row where they are few."""
    return rows * (each if rows <= FEW else DENSE)


def beginning(name: str, most: int = IN_TITLE) -> str:
    """Return a name, or of a long one its beginning, as it fits into a title or beside a row on a phone."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
