"""What copies of FER-2013 call classes and splits."""

import re
from collections.abc import Iterable

from fer_core.emotions import EMOTIONS, USAGES

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
