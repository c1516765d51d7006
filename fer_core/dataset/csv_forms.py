"""The CSV forms: `fer2013.csv` and `icml_face_data.csv`, plain or gzipped, and the challenge's tar.gz around one."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from fer_core.dataset.types import Dataset, from_lists
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError

COLUMNS = ("emotion", "pixels", "usage")
MAX_LINE = 20_000
"""Bytes of the longest line that is read: 2,304 pixels of up to four bytes are 9,216."""
MAX_ROWS = 200_000
"""Rows of the longest file that is read; FER-2013 has 35,887."""


@contextmanager
def _inside_tar(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    with tarfile.open(path, "r:*") as archive:
        for entry in archive:
            if entry.isfile() and Path(entry.name).name in ("fer2013.csv", "icml_face_data.csv"):
                file = archive.extractfile(entry)
                assert file is not None
                yield cast(BinaryIO, file), f"{path}, {entry.name}"
                return
    raise DatasetError(f"{path} holds no fer2013.csv.")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    name = path.name.lower()
    if name.endswith((".tar.gz", ".tgz", ".tar")):
        with _inside_tar(path) as found:
            yield found
    elif name.endswith(".gz"):
        with gzip.open(path, "rb") as file:
            yield cast(BinaryIO, file), str(path)
    else:
        with path.open("rb") as file:
            yield file, str(path)


def _header(line: bytes, where: str) -> list[int]:
    """Return where emotion, pixels and usage stand in a row."""
    names = [name.strip().strip('"').lower() for name in line.decode("utf-8-sig", "replace").split(",")]
    for column in COLUMNS:
        if column not in names:
            found = ", ".join(name[:30] for name in names[:5]) or "nothing"
            raise DatasetError(f"{where} has no column '{column}' in its first row, which reads: {found}.")
    return [names.index(column) for column in COLUMNS]


def _pixels(text: bytes, where: str, row: int) -> np.ndarray:
    """Parse one image; the fast way first, the careful way to say what is wrong."""
    fields = text.strip().strip(b'"').split()
    if len(fields) != SIDE * SIDE:
        raise DatasetError(f"{where}, row {row}: expected {SIDE * SIDE} pixels, found {len(fields)}.")
    try:
        values = np.array(fields, dtype=np.int64)
    except (ValueError, OverflowError):
        bad = next((f for f in fields if not f.isdigit()), fields[0]).decode("utf-8", "replace")[:20]
        raise DatasetError(f"{where}, row {row}: the pixel '{bad}' is not a number.") from None
    if values.min() < 0 or values.max() > 255:
        bad = values[(values < 0) | (values > 255)][0]
        raise DatasetError(f"{where}, row {row}: the pixel {bad} is outside 0 to 255.")
    return values.astype(np.uint8)


def read_csv(path: Path) -> Dataset:
    """Read a CSV form of FER-2013; raises DatasetError with file and row for anything that is not right."""
    images: list[np.ndarray] = []
    labels: list[int] = []
    usages: list[str] = []
    row, where, width = 1, str(path), 0
    known = {usage.encode(): usage for usage in USAGES.values()}
    try:
        with _opened(path) as (file, where):
            columns = _header(file.readline(MAX_LINE), where)
            width = max(columns) + 1
            while line := file.readline(MAX_LINE + 1):
                row += 1
                if not line.strip():
                    continue
                if len(line) > MAX_LINE or row > MAX_ROWS:
                    raise DatasetError(f"{where}, row {row}: more than FER-2013 can hold; is this another file?")
                fields = line.split(b",")
                if len(fields) < width:
                    raise DatasetError(f"{where}, row {row}: expected {width} columns, found {len(fields)}.")
                emotion, pixels, usage = (fields[i] for i in columns)
                code, split = emotion.strip().strip(b'"'), usage.strip().strip(b'"')
                if not code.isdigit() or int(code) >= len(EMOTIONS):
                    shown = code.decode("utf-8", "replace")[:20]
                    raise DatasetError(f"{where}, row {row}: the emotion '{shown}' is not a code from 0 to 6.")
                if split not in known:
                    shown = split.decode("utf-8", "replace")[:20]
                    raise DatasetError(f"{where}, row {row}: the usage '{shown}' is no split of FER-2013.")
                images.append(_pixels(pixels, where, row))
                labels.append(int(code))
                usages.append(known[split])
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise DatasetError(f"{where} is damaged or cut off after row {row}.") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not images:
        raise DatasetError(f"{where} holds no images.")
    stacked = np.stack(images).reshape(-1, SIDE, SIDE)
    return from_lists(stacked, np.array(labels, np.int64), np.array(usages), source=where)
