"""Names of columns in the tables that are written, where a user's classes may be called what a column is called."""

import re
from collections.abc import Container

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
