"""What copies of FER-2013 call classes and splits, and what stands in the cells of a table, as text or as numbers."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.text_tables import MAX_LINE, shown
from fer_core.emotions import EMOTIONS, SIDE, USAGES
from fer_core.errors import DatasetError

_SYNONYMS = {
    "angry": ("anger",),
    "disgust": ("disgusted",),
    "fear": ("fearful", "afraid", "scared"),
    "happy": ("happiness", "joy"),
    "sad": ("sadness",),
    "surprise": ("surprised", "suprise"),
    "neutral": ("neutrality",),
}
NAMES = {emotion: code for code, emotion in enumerate(EMOTIONS)} | {
    synonym: EMOTIONS.index(emotion) for emotion, synonyms in _SYNONYMS.items() for synonym in synonyms
}
"""Code of each name of a class, in lower case."""
_CODE = re.compile(r"([0-6])(?:\.0*)?", re.ASCII)
_NUMBERED = re.compile(r"[0-9]{1,2}[ ._-]+(?=[a-z])")
_USAGES = {usage.lower(): usage for usage in USAGES.values()}
_HINTS = (
    dict.fromkeys(("train", "training"), "train")
    | dict.fromkeys(("valid", "validation", "val", "dev"), "valid")
    | dict.fromkeys(("test", "testing"), "test")
    | {usage.lower(): usage for usage in ("PublicTest", "PrivateTest")}
)


def code_of(text: str) -> int | None:
    """Return the code of a class that is called "3", "3.0", "happy", "Happiness" or "3_happy", or None."""
    text = text.strip().lower()
    if code := _CODE.fullmatch(text):
        return int(code[1])
    numbered = _NUMBERED.match(text)
    return NAMES.get(text[numbered.end() :] if numbered else text)


def usage_of(text: str) -> str | None:
    """Return the usage that a cell names, in whatever case and with blanks or not, or None."""
    word = re.sub(r"[\s_-]+", "", text.lower())
    return _USAGES.get("training" if word == "train" else word)


def usage_of_name(name: str) -> str | None:
    """Return the usage that the name of a picture begins with, such as "Training_123.jpg", or None."""
    before, found, _ = name.lower().partition("_")
    return _USAGES.get(before) if found else None


def hint_of(names: Iterable[str]) -> str:
    """Return "train", "valid", "test" or a usage where the name of a folder says so, else nothing.

    The innermost folder counts.  What most copies call test holds both PublicTest and PrivateTest.
    """
    words = (word for name in reversed(list(names)) for word in re.split(r"[^a-z]+", name.lower()))
    return next((_HINTS[word] for word in words if word in _HINTS), "")


COLUMNS = {"emotion": ("emotion", "label", "labels"), "pixels": ("pixels", "pixel"), "usage": ("usage", "split")}
"""The columns of the challenge's table, and what else they are called."""
_WHOLE = "give icml_face_data.csv or fer2013.tar.gz of the same download, which have everything"


def called(names: Sequence[str], column: str) -> str | None:
    """Return what a table calls a column, or None where it has none."""
    return next((name for name in COLUMNS[column] if name in names), None)


def columns_of(names: Sequence[str], where: str) -> list[str]:
    """Return what a table calls emotion, pixels and usage; raises DatasetError where one is missing."""
    found = {column: called(names, column) for column in COLUMNS}
    if found["pixels"] and not found["emotion"]:
        if not found["usage"] and len(names) == 1:
            raise DatasetError(f"{where} has pixels and no labels, as the challenge's test.csv; {_WHOLE}.")
    elif found["pixels"] and not found["usage"]:
        raise DatasetError(f"{where} has no column 'usage', as the challenge's train.csv; {_WHOLE}.")
    for column, name in found.items():
        if name is None:
            reads = ", ".join(shown(name) for name in names[:5] if name) or "nothing"
            raise DatasetError(f"{where} has no column '{column}' in its first row, which reads: {reads}.")
    return [name for name in found.values() if name is not None]


def label_of(text: str) -> int:
    """Return the class that a cell names, by code or by name; raises ValueError."""
    code = code_of(text)
    if code is None:
        raise ValueError(f"the emotion '{shown(text)}' is not a code from 0 to 6")
    return code


def split_of(text: str) -> str:
    """Return the usage that a cell names; raises ValueError."""
    usage = usage_of(text)
    if usage is None:
        raise ValueError(f"the usage '{shown(text)}' is none of {', '.join(USAGES.values())}")
    return usage


def pixels_of(text: str) -> NDArray[np.uint8]:
    """Return the pixels of one image: uint8 [2304]; raises ValueError saying what is wrong."""
    if len(text) > MAX_LINE:
        raise ValueError("more than FER-2013 can hold")
    # NumPy's text parser is four times as fast as any other, and stops without a word at what it does not know.
    if text.isascii() and not text.encode().translate(None, b"0123456789 "):
        values = np.fromstring(text, np.int64, sep=" ")
        if values.size != SIDE * SIDE:
            raise ValueError(f"expected {SIDE * SIDE} pixels, found {values.size}")
        if values.max() <= 255:
            return values.astype(np.uint8)
    fields = text.strip("[]()'\" ").replace(",", " ").split()
    for value in fields:
        if not (value.isascii() and value.isdigit()):
            outside = value[1:].isdigit() and value[:1] == "-"
            raise ValueError(f"the pixel '{shown(value)}' is {'outside 0 to 255' if outside else 'not a number'}")
        if len(value) > 3 or int(value) > 255:
            raise ValueError(f"the pixel {shown(value)} is outside 0 to 255")
    return pixels_of(" ".join(fields))
