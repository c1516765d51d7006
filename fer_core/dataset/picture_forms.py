"""The form of pictures: `train/angry/Training_123.jpg`, `test/3_happy/17.png` and so on, as a folder or in a zip."""

import io
import os
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fer_core.dataset.cells import code_of, hint_of, usage_of_name
from fer_core.dataset.order import KnownRows, placed
from fer_core.dataset.streams import DAMAGE, is_picture
from fer_core.dataset.types import MAX_IMAGES, Dataset, Found
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.errors import DatasetError

MAX_PICTURE = 1 << 18
"""Bytes of the largest picture that is read; a 48x48 one has one or two thousand."""
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


def _folder_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    def refuse(error: OSError) -> None:
        raise error

    found = (Path(top) / name for top, _, names in os.walk(path, onerror=refuse) for name in names)
    for file in sorted(found):
        if is_picture((name := PurePosixPath(file.relative_to(path).as_posix())).as_posix()):
            size = file.stat().st_size
            yield name, size, b"" if size > MAX_PICTURE else file.read_bytes()


def _zip_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda e: e.filename):
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if name.is_absolute() or ".." in name.parts:
                raise DatasetError(f"{path}, {name} leads out of the archive, so the zip is not to be trusted.")
            if not entry.is_dir() and is_picture(entry.filename):
                try:
                    content = b"" if entry.file_size > MAX_PICTURE else archive.read(entry)
                except DAMAGE as error:
                    raise DatasetError(f"{path}, {name} is damaged or encrypted.") from error
                yield name, entry.file_size, content


def _class(name: PurePosixPath, where: str) -> int:
    """Return the class of a picture by its folder."""
    label = code_of(name.parent.name)
    if label is None:
        raise DatasetError(f"{where} is in the folder '{name.parent.name}', which is none of {', '.join(EMOTIONS)}.")
    return label


def decode(content: bytes, where: str) -> NDArray[np.uint8]:
    """Decode one picture to uint8 [48,48]; its size is looked at before its pixels are."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            size, mode = picture.size, picture.mode
            pixels = np.asarray(picture.convert("L"), np.uint8) if size == (SIDE, SIDE) and mode in _MODES else None
    except Exception as error:  # damaged pictures make Pillow raise nearly anything
        raise DatasetError(f"{where} is not a readable JPEG or PNG picture.") from error
    if size != (SIDE, SIDE):
        raise DatasetError(f"{where} has {size[0]}x{size[1]} pixels, not {SIDE}x{SIDE}.")
    if pixels is None:
        raise DatasetError(f"{where} is not an 8-bit picture (its mode is {mode}).")
    return pixels


def read_pictures(path: Path, known: KnownRows | None = None) -> Dataset:
    """Read a folder or zip of pictures; the folder gives the class, the file's prefix or else the known rows the split.

    The order of the challenge's CSV is lost in this form, so all rows are -1.
    Raises DatasetError naming the file for anything that is not right.
    """
    found = Found()
    seen: dict[tuple[int, str], PurePosixPath] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about pictures that are refused or harmless
            for name, size, content in _zip_files(path) if path.is_file() else _folder_files(path):
                where = f"{path}, {name}"
                label, usage = _class(name, where), usage_of_name(name.name)
                # Plain numbers begin anew in each folder, so the same name means the same picture with a prefix only.
                if usage and (first := seen.setdefault((label, name.name.lower()), name)) is not name:
                    raise DatasetError(f"{path} holds one picture twice: {first} and {name}.")
                if size > MAX_PICTURE or len(found.labels) >= MAX_IMAGES:
                    raise DatasetError(f"{where}: more than FER-2013 can hold; is this another data set?")
                found.add(decode(content, where), label, usage or hint_of(name.parts[:-2]), name=str(name))
    except DAMAGE as error:
        raise DatasetError(f"{path} is cut off or is not a zip file.") from error
    except OSError as error:
        raise DatasetError(f"{error.filename or path} cannot be read: {error.strerror or error}.") from error
    if not found.labels:
        raise DatasetError(f"{path} holds neither a CSV of FER-2013 nor pictures in folders such as train/angry.")
    return placed(found, known, source=str(path))
