"""The Kaggle form: `train/angry/Training_123.jpg` and so on, as a folder or in a zip."""

import io
import os
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fer_core.dataset.streams import DAMAGE
from fer_core.dataset.types import Dataset, from_lists
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError

SUFFIXES = (".jpg", ".jpeg", ".png")
MAX_PICTURE = 1 << 18
"""Bytes of the largest picture that is read; a 48x48 one has one or two thousand."""
MAX_PICTURES = 200_000
FOLDERS = {emotion: code for code, emotion in enumerate(EMOTIONS)} | {
    alias: EMOTIONS.index(emotion)
    for alias, emotion in {
        "anger": "angry",
        "disgusted": "disgust",
        "fearful": "fear",
        "happiness": "happy",
        "sadness": "sad",
        "surprised": "surprise",
    }.items()
}
"""Which class a folder holds, in lower case."""
_PREFIXES = {f"{usage}_".lower(): usage for usage in USAGES.values()}
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


def _wanted(name: PurePosixPath) -> bool:
    """Whether a file is a picture of the data set; what macOS adds to an archive begins with a dot."""
    return name.suffix.lower() in SUFFIXES and not name.name.startswith(".") and "__MACOSX" not in name.parts


def _folder_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    def refuse(error: OSError) -> None:
        raise error

    found = (Path(top) / name for top, _, names in os.walk(path, onerror=refuse) for name in names)
    for file in sorted(found):
        if _wanted(name := PurePosixPath(file.relative_to(path).as_posix())):
            size = file.stat().st_size
            yield name, size, b"" if size > MAX_PICTURE else file.read_bytes()


def _zip_files(path: Path) -> Iterator[tuple[PurePosixPath, int, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda e: e.filename):
            name = PurePosixPath(entry.filename.replace("\\", "/"))
            if name.is_absolute() or ".." in name.parts:
                raise DatasetError(f"{path}, {name} leads out of the archive, so the zip is not to be trusted.")
            if not entry.is_dir() and _wanted(name):
                try:
                    content = b"" if entry.file_size > MAX_PICTURE else archive.read(entry)
                except DAMAGE as error:
                    raise DatasetError(f"{path}, {name} is damaged or encrypted.") from error
                yield name, entry.file_size, content


def _place(name: PurePosixPath, where: str) -> tuple[int, str]:
    """Return class and usage of a picture by its folder and its name."""
    usage = next((usage for prefix, usage in _PREFIXES.items() if name.name.lower().startswith(prefix)), None)
    if usage is None:
        raise DatasetError(
            f"{where}: the name must begin with Training_, PublicTest_ or PrivateTest_, which tells the split; "
            "without that FER-2013 cannot be told apart, so use another copy or the CSV."
        )
    label = FOLDERS.get(name.parent.name.lower())
    if label is None:
        raise DatasetError(f"{where} is in the folder '{name.parent.name}', which is none of {', '.join(EMOTIONS)}.")
    return label, usage


def _decode(content: bytes, where: str) -> NDArray[np.uint8]:
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


def read_pictures(path: Path) -> Dataset:
    """Read the Kaggle folder or zip; the folder gives the class and the file's prefix the split.

    The order of the challenge's CSV is lost in this form, so all rows are -1.
    Raises DatasetError naming the file for anything that is not right.
    """
    pixels = bytearray()
    labels: list[int] = []
    usages: list[str] = []
    seen: dict[tuple[int, str], PurePosixPath] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about pictures that are refused or harmless
            for name, size, content in _zip_files(path) if path.is_file() else _folder_files(path):
                where = f"{path}, {name}"
                label, usage = _place(name, where)
                if (first := seen.setdefault((label, name.name.lower()), name)) is not name:
                    raise DatasetError(f"{path} holds one picture twice: {first} and {name}.")
                if size > MAX_PICTURE or len(labels) >= MAX_PICTURES:
                    raise DatasetError(f"{where}: more than FER-2013 can hold; is this another data set?")
                pixels += _decode(content, where).tobytes()
                labels.append(label)
                usages.append(usage)
    except DAMAGE as error:
        raise DatasetError(f"{path} is cut off or is not a zip file.") from error
    except OSError as error:
        raise DatasetError(f"{error.filename or path} cannot be read: {error.strerror or error}.") from error
    if not labels:
        raise DatasetError(f"{path} holds neither a CSV of FER-2013 nor pictures in folders such as train/angry.")
    images = np.frombuffer(pixels, np.uint8).reshape(-1, SIDE, SIDE)
    return from_lists(images, np.array(labels, np.int64), np.array(usages), source=str(path), ordered=False)
