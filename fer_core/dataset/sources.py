"""Telling the public forms of FER-2013 apart."""

import os
from pathlib import Path

from fer_core.dataset.csv_forms import read_csv
from fer_core.dataset.order import KnownRows
from fer_core.dataset.parquet_forms import read_parquet
from fer_core.dataset.picture_forms import read_pictures
from fer_core.dataset.streams import (
    PARQUET,
    TABLES,
    beginning,
    is_packed,
    is_parquet,
    is_picture,
    is_zip,
    names_in_zip,
    table_among,
)
from fer_core.dataset.types import Dataset
from fer_core.errors import DatasetError, DatasetMissing


def require(path: Path, *, named_by: str = "") -> None:
    """Raise DatasetMissing where there is no file or folder `path`, DatasetError where it cannot be looked at."""
    try:
        there = path.exists()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not there:
        raise DatasetMissing(f"{named_by}{path} does not exist.")


def read_source(path: Path, known: KnownRows | None = None) -> Dataset:
    """Read any public form of FER-2013.

    known : the rows of `artifacts/rows.npz`, which tell the split of images where the form does not
    Raises DatasetError, in one sentence with file and row, for anything that is not FER-2013.
    """
    require(path)
    if path.is_dir():
        return _read_folder(path, known)
    if is_zip(path):
        return _read_zip(path, known)
    start = beginning(path)
    if start.startswith(PARQUET):
        return read_parquet([path], known, source=path)
    if path.name.lower().endswith((*TABLES, ".txt")) or is_packed(start):
        return read_csv(path)
    raise DatasetError(
        f"{path} is no form of FER-2013: a folder or a file ending in .zip, .parquet, {', '.join(TABLES)}."
    )


def _read_folder(path: Path, known: KnownRows | None) -> Dataset:
    """Read the table in a folder, however deep, or else its Parquet files or its pictures."""
    names = [(Path(top) / name).relative_to(path).as_posix() for top, _, files in os.walk(path) for name in files]
    table, parquet = table_among(names), sorted(name for name in names if is_parquet(name))
    if table is not None:
        return read_csv(path / table)
    return (
        read_parquet([path / name for name in parquet], known, source=path) if parquet else read_pictures(path, known)
    )


def _read_zip(path: Path, known: KnownRows | None) -> Dataset:
    """Read the table in a zip, or else its pictures."""
    names = names_in_zip(path)
    if table_among(names) is not None:
        return read_csv(path)
    if any(map(is_parquet, names)) and not any(map(is_picture, names)):
        raise DatasetError(f"{path} holds Parquet files; unpack it and give the folder.")
    return read_pictures(path, known)
