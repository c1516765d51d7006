"""The CSV forms: `fer2013.csv` and `icml_face_data.csv`, plain, gzipped, in the challenge's tar.gz or in a zip."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.streams import DAMAGE, opened
from fer_core.dataset.types import Dataset, from_lists
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError

COLUMNS = ("emotion", "pixels", "usage")
MAX_LINE = 20_000
"""Bytes of the longest row that is read: 2,304 pixels of up to four bytes are 9,216."""
MAX_ROWS = 200_000
"""Rows of the longest file that is read; FER-2013 has 35,887."""
_USAGES = {usage.encode(): usage for usage in USAGES.values()}


def _shown(text: bytes) -> str:
    """Return the beginning of a field as a message can show it."""
    return "".join(c if c.isprintable() else "?" for c in text[:20].decode("utf-8", "replace"))


def _header(line: bytes, where: str) -> list[int]:
    """Return where emotion, pixels and usage stand in a row; `icml_face_data.csv` has blanks before its names."""
    fields = line.removeprefix(b"\xef\xbb\xbf").split(b",")
    names = [field.strip().strip(b'"').strip().lower().decode("utf-8", "replace") for field in fields]
    for column in COLUMNS:
        if column not in names:
            found = ", ".join(_shown(field.strip()) for field in fields[:5]) or "nothing"
            raise DatasetError(f"{where} has no column '{column}' in its first row, which reads: {found}.")
    return [names.index(column) for column in COLUMNS]


def _pixels(text: bytes) -> NDArray[np.uint8]:
    """Parse the pixels of one image: uint8 [2304]; raises ValueError saying what is wrong."""
    # NumPy's text parser is four times as fast as any other, and stops without a word at what it does not know.
    if not text.translate(None, b"0123456789 "):
        values = np.fromstring(text, np.int64, sep=" ")
        if values.size != SIDE * SIDE:
            raise ValueError(f"expected {SIDE * SIDE} pixels, found {values.size}")
        if values.max() <= 255:
            return values.astype(np.uint8)
    for field in text.split():
        if not field.isdigit():
            outside = field[1:].isdigit() and field[:1] == b"-"
            raise ValueError(f"the pixel '{_shown(field)}' is {'outside 0 to 255' if outside else 'not a number'}")
        if len(field) > 3 or int(field) > 255:
            raise ValueError(f"the pixel {_shown(field)} is outside 0 to 255")
    return _pixels(b" ".join(text.split()))


def _row(line: bytes, columns: list[int]) -> tuple[int, NDArray[np.uint8], str]:
    """Return class, pixels and usage of a row; raises ValueError saying what is wrong."""
    fields = [field.strip().strip(b'"').strip() for field in line.split(b",")]
    if len(fields) <= max(columns):
        raise ValueError(f"expected {max(columns) + 1} columns, found {len(fields)}")
    code, pixels, usage = (fields[at] for at in columns)
    if len(code) != 1 or not code.isdigit() or int(code) >= len(EMOTIONS):
        raise ValueError(f"the emotion '{_shown(code)}' is not a code from 0 to 6")
    if usage not in _USAGES:
        raise ValueError(f"the usage '{_shown(usage)}' is none of {', '.join(USAGES.values())}")
    return int(code), _pixels(pixels), _USAGES[usage]


def read_csv(path: Path) -> Dataset:
    """Read a CSV form of FER-2013, whose order is taken to be the challenge's.

    Raises DatasetError with file and row for anything that is not right; the header is row 1.
    """
    pixels = bytearray()
    labels: list[int] = []
    usages: list[str] = []
    row, where = 1, str(path)
    try:
        with opened(path) as (file, where):
            columns = _header(file.readline(MAX_LINE), where)
            while line := file.readline(MAX_LINE + 1):
                row += 1
                if len(line) > MAX_LINE or row > MAX_ROWS:
                    raise DatasetError(f"{where}, row {row}: more than FER-2013 can hold; is this another file?")
                if not line.strip():
                    continue
                try:
                    code, values, usage = _row(line, columns)
                except ValueError as error:
                    cut = "" if line.endswith(b"\n") else "; is the file cut off?"
                    raise DatasetError(f"{where}, row {row}: {error}{cut or '.'}") from None
                pixels += values.tobytes()
                labels.append(code)
                usages.append(usage)
    except DAMAGE as error:
        raise DatasetError(f"{where} is damaged or cut off after row {row}.") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not labels:
        raise DatasetError(f"{where} holds no images.")
    images = np.frombuffer(pixels, np.uint8).reshape(-1, SIDE, SIDE)
    return from_lists(images, np.array(labels, np.int64), np.array(usages), source=where, ordered=True)
