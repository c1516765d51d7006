"""The Parquet forms of the hubs: tables of pixel strings, or of pictures in one file for each split."""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.cells import called, hint_of, label_of, pixels_of, split_of, usage_of_name
from fer_core.dataset.order import KnownRows, placed
from fer_core.dataset.picture_forms import MAX_PICTURE, decode
from fer_core.dataset.streams import MAX_BYTES
from fer_core.dataset.text_tables import PIECE, shown
from fer_core.dataset.types import MAX_IMAGES, Dataset, Found, from_lists
from fer_core.emotions import SIDE, USAGES
from fer_core.errors import DatasetError

_IMAGES = ("image", "img", "images")


def read_parquet(files: Sequence[Path], known: KnownRows | None = None, *, source: Path) -> Dataset:
    """Read all the files of a data set in Parquet, whose names tell the split where no column does.

    A single table with a column of splits is taken to be in the challenge's order.
    Raises DatasetError with file and row for anything that is not right; the first image is row 1.
    """
    found = Found()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, about pictures that are refused or harmless
        for file in files:
            _read(file, found)
    if not found.labels:
        raise DatasetError(f"{source} holds no images.")
    if len(files) == 1 and set(found.said) <= set(USAGES.values()):
        labels, usages = np.array(found.labels, np.int64), np.array(found.said)
        return from_lists(found.images(), labels, usages, source=str(source), ordered=True)
    return placed(found, known, source=str(source))


def _read(file: Path, found: Found) -> None:
    """Add the images of one file."""
    # Imported here: other forms are read without it.
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    row = 0
    try:
        with pyarrow.parquet.ParquetFile(file, memory_map=True) as table:
            _check_size(table.metadata, len(found.labels), file)
            columns = _columns(table.schema_arrow.names, file)
            classes = _class_names(table.schema_arrow.metadata, columns["emotion"])
            for row, cells in enumerate(_rows(table, columns), start=1):
                try:
                    _add(found, cells, classes, file)
                except (ValueError, DatasetError) as error:
                    raise DatasetError(f"{file}, row {row}: {str(error).removesuffix('.')}.") from None
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise DatasetError(f"{file} cannot be read: {error.strerror or error}.") from error
        raise DatasetError(f"{file} is damaged or cut off after row {row}.") from error


def _check_size(metadata: Any, before: int, file: Path) -> None:
    """Refuse what is larger than FER-2013 can be; `before` : images of the files read before."""
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if before + metadata.num_rows > MAX_IMAGES or size > MAX_BYTES:
        raise DatasetError(f"{file}: more than FER-2013 can hold; is this another file?")


def _rows(table: Any, columns: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the cells of each row, by what the columns hold."""
    for batch in table.iter_batches(PIECE, columns=list(columns.values()), use_threads=False):
        frame = batch.to_pandas()
        for cells in zip(*(frame[name].tolist() for name in columns.values()), strict=True):
            yield dict(zip(columns, cells, strict=True))


def _columns(names: Sequence[str], file: Path) -> dict[str, str]:
    """Return which columns hold "emotion", "usage" if any does, and "pixels" or else "image"."""
    lower = {name.strip().lower(): name for name in names}
    found = {column: called(list(lower), column) for column in ("emotion", "usage", "pixels")}
    if found["pixels"] is None:
        del found["pixels"]
        found["image"] = next((name for name in _IMAGES if name in lower), None)
    for column in ("emotion", *list(found)[2:]):
        if found[column] is None:
            reads = ", ".join(shown(name) for name in names[:5])
            raise DatasetError(f"{file} has no column '{column}'; it has {reads or 'none'}.")
    return {column: lower[name] for column, name in found.items() if name is not None}


def _class_names(metadata: Mapping[bytes, bytes] | None, column: str) -> list[str] | None:
    """Return what the library `datasets` says the codes in a column stand for, if it wrote the file."""
    try:
        names = json.loads((metadata or {})[b"huggingface"])["info"]["features"][column]["names"]
        return [str(name) for name in names]
    except (KeyError, TypeError, ValueError):
        return None


def _add(found: Found, cells: Mapping[str, Any], classes: list[str] | None, file: Path) -> None:
    """Add one image; raises ValueError saying what is wrong."""
    label = cells["emotion"]
    if classes is not None and isinstance(label, int) and 0 <= label < len(classes):
        label = classes[label]
    image, name = (_listed(cells["pixels"]), "") if "pixels" in cells else _picture(cells["image"])
    if "usage" in cells:
        said = split_of(str(cells["usage"]))
    else:
        said = usage_of_name(name) or hint_of((file.parent.name, file.name))
    found.add(image, label_of(str(label)), said, name=file.name)


def _listed(cell: Any) -> NDArray[np.uint8]:
    """Return pixels that stand as text, or as numbers in a list or in a list of rows."""
    if isinstance(cell, str):
        return pixels_of(cell)
    absent = cell is None or isinstance(cell, float)
    values = np.empty(0) if absent else np.concatenate([np.ravel(part) for part in cell])
    if values.size != SIDE * SIDE:
        raise ValueError(f"expected {SIDE * SIDE} pixels, found {values.size}")
    if values.dtype.kind not in "iuf" or not ((values >= 0) & (values <= 255) & (values % 1 == 0)).all():
        raise ValueError("a pixel is not a whole number from 0 to 255")
    return values.astype(np.uint8)


def _picture(cell: Any) -> tuple[NDArray[np.uint8], str]:
    """Return a picture and the name of its file, if that is known."""
    content, path = (cell.get("bytes"), cell.get("path")) if isinstance(cell, dict) else (cell, None)
    if not isinstance(content, bytes):
        raise ValueError("the picture is not in the file")
    if len(content) > MAX_PICTURE:
        raise ValueError("more than FER-2013 can hold")
    return decode(content, "the picture"), Path(str(path or "")).name
