"""The public forms of FER-2013 told apart, and the packed data set, one npz of plain arrays made of any of them."""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from fer_core.atomic import write_atomically
from fer_core.dataset.csv_forms import read_csv
from fer_core.dataset.ferplus import FERPLUS_COLUMNS
from fer_core.dataset.order import KnownRows, arrange, with_votes
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
from fer_core.emotions import EMOTIONS, SIDE, USAGES
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


def write(dataset: Dataset, out: Path) -> None:
    """Write the packed file; a kill at any moment leaves the old file or none.  Raises WriteError."""
    arrays = {"images": dataset.images, "labels": dataset.labels, "usage": dataset.usage, "rows": dataset.rows}
    if dataset.votes is not None:
        arrays["votes"] = dataset.votes
    write_atomically(out, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]


def load(path: Path) -> Dataset:
    """Read a packed data set; raises DatasetError when it is not one."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            found = {key: file[key] for key in ("images", "labels", "usage", "rows", "votes") if key in file.files}
        n = len(found["labels"])
        good = (
            found["images"].dtype == np.uint8
            and found["images"].shape == (n, SIDE, SIDE)
            and all(found[key].shape == (n,) for key in ("labels", "usage", "rows"))
            and found["labels"].dtype == found["rows"].dtype == np.int64
            and ("votes" not in found or found["votes"].shape == (n, len(FERPLUS_COLUMNS)))
            and np.isin(found["labels"], range(len(EMOTIONS))).all()
            and np.isin(found["usage"], list(USAGES.values())).all()
        )
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, EOFError, AttributeError, TypeError, zlib.error, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} is not a packed data set; make one with: python -m fer_core data SOURCE") from error
    if not good:
        raise DatasetError(f"{path} is damaged; make it again with: python -m fer_core data SOURCE")
    return Dataset(found["images"], found["labels"], found["usage"], found["rows"], found.get("votes"))


def assemble(source: Path, *, ferplus: Path | None = None, known: KnownRows | None = None) -> Dataset:
    """Read a public form, put it in CSV order when the known rows are given, and attach votes when they are."""
    dataset = read_source(source, known)
    if known is not None:
        dataset = arrange(dataset, known, source=str(source))
    return dataset if ferplus is None else with_votes(dataset, ferplus, exact=known is None)


def pack(source: Path, out: Path, *, ferplus: Path | None = None, known: KnownRows | None = None) -> Dataset:
    """Read, validate, arrange and write a data set; whatever goes wrong, `out` is as it was.

    ferplus : `fer2013new.csv`, whose votes are packed as well
    known : the rows of `artifacts/rows.npz`, to put any copy into the order of the challenge's CSV
    Raises DatasetError in one sentence.
    """
    dataset = assemble(source, ferplus=ferplus, known=known)
    write(dataset, out)
    return dataset
