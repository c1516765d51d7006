"""What stands in the cells of a table: classes, pixels and splits, as text or as numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.labels import code_of, usage_of
from fer_core.dataset.text_tables import MAX_LINE, shown
from fer_core.emotions import SIDE, USAGES
from fer_core.errors import DatasetError

COLUMNS = {"emotion": ("emotion", "label", "labels"), "pixels": ("pixels", "pixel"), "usage": ("usage", "split")}
"""The columns of the challenge's table, and what else they are called."""
_WHOLE = "give icml_face_data.csv or fer2013.tar.gz of the same download, which have everything"


def called(names: Sequence[str], column: str) -> str | None:
    """Return what a table calls a column, or None where it has none."""
    return next((name for name in COLUMNS[column] if name in names), None)


def columns_of(names: Sequence[str], where: str) -> list[str]:
    """Return what a table calls emotion, pixels and usage; raises DatasetError where one is missing."""
    found = {column: called(names, column) for column in COLUMNS}
    if found["pixels"] and not found["emotion"]:
        if not found["usage"] and len(names) == 1:
            raise DatasetError(f"{where} has pixels and no labels, as the challenge's test.csv; {_WHOLE}.")
    elif found["pixels"] and not found["usage"]:
        raise DatasetError(f"{where} has no column 'usage', as the challenge's train.csv; {_WHOLE}.")
    for column, name in found.items():
        if name is None:
            reads = ", ".join(shown(name) for name in names[:5] if name) or "nothing"
            raise DatasetError(f"{where} has no column '{column}' in its first row, which reads: {reads}.")
    return [name for name in found.values() if name is not None]


def label_of(text: str) -> int:
    """Return the class that a cell names, by code or by name; raises ValueError."""
    code = code_of(text)
    if code is None:
        raise ValueError(f"the emotion '{shown(text)}' is not a code from 0 to 6")
    return code


def split_of(text: str) -> str:
    """Return the usage that a cell names; raises ValueError."""
    usage = usage_of(text)
    if usage is None:
        raise ValueError(f"the usage '{shown(text)}' is none of {', '.join(USAGES.values())}")
    return usage


def pixels_of(text: str) -> NDArray[np.uint8]:
    """Return the pixels of one image: uint8 [2304]; raises ValueError saying what is wrong."""
    if len(text) > MAX_LINE:
        raise ValueError("more than FER-2013 can hold")
    # NumPy's text parser is four times as fast as any other, and stops without a word at what it does not know.
    if text.isascii() and not text.encode().translate(None, b"0123456789 "):
        values = np.fromstring(text, np.int64, sep=" ")
        if values.size != SIDE * SIDE:
            raise ValueError(f"expected {SIDE * SIDE} pixels, found {values.size}")
        if values.max() <= 255:
            return values.astype(np.uint8)
    fields = text.strip("[]()'\" ").replace(",", " ").split()
    for value in fields:
        if not (value.isascii() and value.isdigit()):
            outside = value[1:].isdigit() and value[:1] == "-"
            raise ValueError(f"the pixel '{shown(value)}' is {'outside 0 to 255' if outside else 'not a number'}")
        if len(value) > 3 or int(value) > 255:
            raise ValueError(f"the pixel {shown(value)} is outside 0 to 255")
    return pixels_of(" ".join(fields))
