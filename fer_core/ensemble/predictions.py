"""What a setting says of each image, as columns and as CSV."""

import re
from collections.abc import Container

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer

RESERVED = ("member", "split", "row", "label", "predicted", "kind")
"""Columns of tables of predictions that are no class."""
_TAKEN = re.compile(rf"(class )*({'|'.join(RESERVED)})", re.IGNORECASE)


def column_of(name: str) -> str:
    """Return the column of a class: its name, after "class" where that alone would be another column."""
    return f"class {name}" if _TAKEN.fullmatch(name) else name


def class_of(column: str) -> str | None:
    """Return the class that a column is of, which `column_of` named; None for a column that is no class."""
    found = _TAKEN.fullmatch(column)
    if found is None:
        return column
    return None if found[1] is None else column.split(" ", 1)[1]


def untaken(name: str, taken: Container[str], before: str) -> str:
    """Return a name that is not taken: with a word before it, as often as it takes."""
    while name in taken:
        name = f"{before} {name}"
    return name


def predictions(explorer: Explorer, setting: Setting) -> dict[str, NDArray[np.generic]]:
    """Return one column a key, all of length N.

    Parameters
    ----------
    explorer
        The members and their logits.
    setting
        The ensemble, and the images that it is asked about.

    Returns
    -------
    dict of str to array [N]
        row : position in the split, in the order of fer2013.csv; label, predicted : names of classes
        and by the name of each class, as `column_of` gives it, the ensemble's share for it, float64

    Raises
    ------
    ValueError
        For an unknown name in the setting.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> predictions(explorer, Setting(("a", "b")))["predicted"].tolist()
    ['no', 'yes', 'yes']
    """
    part, decision = explorer.part(setting.split, twins=setting.twins), explorer.decide(setting)
    names = np.array(explorer.classes)
    shares = {column_of(name): decision.shares[:, c] for c, name in enumerate(explorer.classes)}
    return {"row": part.images, "label": names[part.labels], "predicted": names[decision.labels], **shares}


def predictions_csv(explorer: Explorer, setting: Setting) -> str:
    """Return `predictions` as CSV with a header, shares to six decimals.

    Parameters
    ----------
    explorer, setting
        As for `predictions`, which names the errors too.

    Returns
    -------
    str
        Lines that end with a line feed on every system.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> print(predictions_csv(explorer, Setting(("a", "b"))).splitlines()[0])
    row,label,predicted,no,yes
    """
    # Imported here: it is large, and no page needs it before somebody takes a table home.
    import pandas as pd

    table = pd.DataFrame(predictions(explorer, setting))
    return str(table.to_csv(index=False, float_format="%.6f", lineterminator="\n"))
