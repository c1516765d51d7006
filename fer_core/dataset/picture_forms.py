"""The Kaggle form: `train/angry/Training_123.jpg` and so on, as a folder or in a zip."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from fer_core.dataset.types import Dataset, from_lists
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError

SUFFIXES = (".jpg", ".jpeg", ".png")
MAX_PICTURE = 1 << 20
"""Bytes of the largest picture that is read; a 48x48 one has one or two thousand."""
MAX_PICTURES = 200_000


def _folder_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in SUFFIXES and file.is_file():
            size = file.stat().st_size
            yield (
                PurePosixPath(file.relative_to(path).as_posix()),
                size,
                b"" if size > MAX_PICTURE else file.read_bytes(),
            )


def _zip_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda e: e.filename):
            name = PurePosixPath(entry.filename)
            if name.suffix.lower() in SUFFIXES and "__MACOSX" not in name.parts:
                size = entry.file_size
                yield name, size, b"" if size > MAX_PICTURE else archive.read(entry)


def _decode(content: bytes, where: str) -> np.ndarray:
    """Decode one picture to uint8 [48,48]; its size is looked at before its pixels are."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.size != (SIDE, SIDE):
                raise DatasetError(f"{where} has {picture.size[0]}x{picture.size[1]} pixels, not {SIDE}x{SIDE}.")
            return np.asarray(picture.convert("L"), np.uint8)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DatasetError(f"{where} is not a readable JPEG or PNG picture.") from error


def read_pictures(path: Path) -> Dataset:
    """Read the Kaggle folder or zip; the folder gives the class and the file's prefix the split.

    Raises DatasetError naming the file for anything that is not right.
    """
    prefixes = {f"{usage}_".lower(): usage for usage in USAGES.values()}
    images: list[np.ndarray] = []
    labels: list[int] = []
    usages: list[str] = []
    try:
        for name, size, content in _zip_files(path) if path.is_file() else _folder_files(path):
            where = f"{path}, {name}"
            emotion = name.parent.name.lower()
            if emotion not in EMOTIONS:
                raise DatasetError(f"{where} is in the folder '{emotion}', which is none of the seven classes.")
            usage = next((u for prefix, u in prefixes.items() if name.name.lower().startswith(prefix)), None)
            if usage is None:
                raise DatasetError(f"{where} does not begin with Training_, PublicTest_ or PrivateTest_.")
            if size > MAX_PICTURE or len(images) >= MAX_PICTURES:
                raise DatasetError(f"{where}: more than FER-2013 can hold; is this another data set?")
            images.append(_decode(content, where))
            labels.append(EMOTIONS.index(emotion))
            usages.append(usage)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DatasetError(f"{path} is a damaged zip file.") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not images:
        raise DatasetError(f"{path} holds no pictures in folders such as train/angry.")
    return from_lists(np.stack(images), np.array(labels, np.int64), np.array(usages), source=str(path))
