"""The CSV forms: `fer2013.csv`, `icml_face_data.csv`, and what spreadsheets and programs make of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fer_core.dataset.cells import columns_of, label_of, pixels_of, split_of
from fer_core.dataset.streams import opened
from fer_core.dataset.text_tables import MAX_LINE, TextTable
from fer_core.dataset.types import Dataset, Found, from_lists
from fer_core.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd


def read_csv(path: Path) -> Dataset:
    """Read a CSV form of FER-2013, whose order is taken to be the challenge's.

    Raises DatasetError with file and row for anything that is not right; the header is row 1.
    """
    found = Found()
    try:
        with opened(path) as (stream, where):
            table = TextTable(stream, where)
            columns = columns_of(table.names, where)
            for first, piece in table.pieces(columns):
                _add(found, table, piece, columns, first)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not found.labels:
        raise DatasetError(f"{where} holds no images.")
    labels, usages = np.array(found.labels, np.int64), np.array(found.said)
    return from_lists(found.images(), labels, usages, source=where, ordered=True)


def _add(found: Found, table: TextTable, piece: "pd.DataFrame", columns: list[str], first: int) -> None:
    """Parse a piece of a table, whose `columns` are emotion, pixels and usage; `first` is its first row's number."""
    last, end = first + len(piece) - 1, columns.index(piece.columns[-1])
    for row, cells in enumerate(zip(*(piece[column].tolist() for column in columns), strict=True), start=first):
        label, pixels, usage = cells = tuple(cell.strip(" \t'\"") for cell in cells)
        if not any(cells):
            continue
        try:
            if not cells[end] and len(pixels) <= MAX_LINE:
                raise ValueError(f"expected {len(cells)} columns, found {sum(map(bool, cells))}")
            found.add(pixels_of(pixels), label_of(label), split_of(usage))
        except ValueError as error:
            raise table.bad_row(str(error), row, last=row == last) from None
