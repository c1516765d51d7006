"""The packed data set: one npz of plain arrays, written as a whole or not at all."""

import os
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.ferplus import FERPLUS_COLUMNS, read_votes
from fer_core.dataset.match import match, signatures
from fer_core.dataset.sources import read_source
from fer_core.dataset.types import Dataset
from fer_core.emotions import EMOTIONS, SIDE, SPLITS, USAGES
from fer_core.errors import DatasetError

KnownRows = Mapping[str, NDArray[np.generic]]
"""Arrays of `artifacts/rows.npz`: for each split `NAME` float16 [K,64] and `NAME_labels` int64 [K]."""

LEAST_MATCHED = 0.95
"""Share of a split that must be found among the known rows."""


def arrange(dataset: Dataset, known: KnownRows, *, source: str) -> Dataset:
    """Number the rows of any copy of the data set as they stand in the challenge's CSV.

    Raises DatasetError when less than 95% of the known rows of a split are found.
    """
    rows = np.full(len(dataset.labels), -1, np.int64)
    for name in SPLITS:
        at = np.flatnonzero(dataset.usage == USAGES[name])
        signature, labels = known[name], known[f"{name}_labels"].astype(np.int64)
        images, own = dataset.images[at], dataset.labels[at]
        if np.array_equal(own, labels) and np.array_equal(signatures(images), signature):
            rows[at] = np.arange(len(at))
        else:
            rows[at] = match(signature.astype(np.float16), labels, images, own)
        share = float((rows[at] >= 0).sum()) / max(1, len(labels))
        if share < LEAST_MATCHED:
            raise DatasetError(
                f"{source} is not FER-2013: {100 * share:.1f}% of the {USAGES[name]} images are found in it, "
                f"at least {100 * LEAST_MATCHED:.0f}% are needed."
            )
    return replace(dataset, rows=rows)


def with_votes(dataset: Dataset, ferplus: Path) -> Dataset:
    """Attach the FER+ votes of `fer2013new.csv` by the rows of the CSV; an unmatched image has no vote at all."""
    votes = np.zeros((len(dataset.labels), len(FERPLUS_COLUMNS)), np.uint8)
    found = read_votes(ferplus)
    for name in SPLITS:
        at = np.flatnonzero((dataset.usage == USAGES[name]) & (dataset.rows >= 0))
        part = found[USAGES[name]]
        if len(at) and dataset.rows[at].max() >= len(part):
            raise DatasetError(f"{ferplus} has {len(part)} rows of {USAGES[name]}, fewer than the data set.")
        votes[at] = part[dataset.rows[at]]
    return replace(dataset, votes=votes)


def write(dataset: Dataset, out: Path) -> None:
    """Write the packed file; a kill at any moment leaves the old file or none."""
    arrays = {"images": dataset.images, "labels": dataset.labels, "usage": dataset.usage, "rows": dataset.rows}
    if dataset.votes is not None:
        arrays["votes"] = dataset.votes
    temporary = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=out.parent, prefix=out.name + ".", suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, out)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise DatasetError(f"{out} cannot be written: {error.strerror or error}.") from error


def load(path: Path) -> Dataset:
    """Read a packed data set; raises DatasetError when it is not one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {key: file[key] for key in ("images", "labels", "usage", "rows", "votes") if key in file.files}
        n = len(found["labels"])
        good = (
            found["images"].dtype == np.uint8
            and found["images"].shape == (n, SIDE, SIDE)
            and found["usage"].shape == (n,)
            and found["rows"].shape == (n,)
            and ("votes" not in found or found["votes"].shape == (n, len(FERPLUS_COLUMNS)))
            and np.isin(found["labels"], range(len(EMOTIONS))).all()
        )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path} is not a packed data set; make one with: python -m fer_core data SOURCE") from error
    if not good:
        raise DatasetError(f"{path} is damaged; make it anew with: python -m fer_core data SOURCE")
    labels, rows = found["labels"].astype(np.int64), found["rows"].astype(np.int64)
    return Dataset(found["images"], labels, found["usage"], rows, found.get("votes"))


def assemble(source: Path, *, ferplus: Path | None = None, known: KnownRows | None = None) -> Dataset:
    """Read a public form, put it in CSV order when the known rows are given, and attach votes when they are."""
    dataset = read_source(source)
    if known is not None:
        dataset = arrange(dataset, known, source=str(source))
    if ferplus is not None:
        pictures = source.name.lower().endswith(".zip") or source.is_dir()
        if pictures and known is None:
            raise DatasetError(
                "FER+ votes need the order of fer2013.csv: without artifacts/rows.npz, give the CSV form."
            )
        dataset = with_votes(dataset, ferplus)
    return dataset


def pack(source: Path, out: Path, *, ferplus: Path | None = None, known: KnownRows | None = None) -> Dataset:
    """Read, validate, arrange and write a data set; whatever goes wrong, `out` is as it was."""
    dataset = assemble(source, ferplus=ferplus, known=known)
    write(dataset, out)
    return dataset
