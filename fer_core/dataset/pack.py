"""The packed data set: one npz of plain arrays, written as a whole or not at all."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from fer_core.atomic import write_atomically
from fer_core.dataset.ferplus import FERPLUS_COLUMNS
from fer_core.dataset.order import KnownRows, arrange, with_votes
from fer_core.dataset.sources import read_source
from fer_core.dataset.types import Dataset
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError


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
