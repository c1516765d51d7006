"""The seven emotions by the names and orders that other data sets and programs give them, and labels as numbers."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import log_softmax
from fer_core.errors import BadExtra

_SYNONYMS = {
    "angry": "anger ang an",
    "disgust": "disgusted disgusting dis di",
    "fear": "fearful afraid scared fea fe af",
    "happy": "happiness joy joyful hap ha",
    "sad": "sadness sa",
    "surprise": "surprised sur su",
    "neutral": "neutrality neu ne",
}
SYNONYMS = {word: name for name in EMOTIONS for word in (name, *_SYNONYMS[name].split())}
CONTEMPT = "contempt"
LEFT_OUT = (CONTEMPT, "contemptuous", "unknown", "none", "uncertain", "nf", "non-face", "no face")
"""What other data sets tell apart and FER-2013 does not."""
ORDERS = {
    "alphabetical": tuple(sorted(EMOTIONS)),
    "FER+": ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear"),
    "AffectNet": ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry"),
    "RAF-DB": ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"),
}
"""Orders of the classes that are met with, contempt left out."""
FOLD = "="


def emotion_of(name: str, known: Sequence[str]) -> int | None:
    """Return which of the known classes a name means, -1 for one that is left out; None for no such name.

    "contempt=disgust" means the class after the sign: the one before it is added to that.
    """
    word = name.rpartition(FOLD)[2].strip().casefold()
    folded = [one.casefold() for one in known]
    for meant in (word, SYNONYMS.get(word)):
        if meant in folded:
            return folded.index(meant)
    return -1 if word in LEFT_OUT else None


def put_in_order(logs: NDArray[np.float64], places: Sequence[int], classes: int) -> NDArray[np.float64]:
    """Return log-probabilities [N,K] of a file's classes as those of the known ones: [N,classes].

    places : the known class of each column, -1 for none; what goes to one class is added up
    """
    found = np.full((len(logs), classes), -np.inf)
    for column, place in zip(logs.T, places, strict=True):
        if place >= 0:
            found[:, place] = np.logaddexp(found[:, place], column)
    return log_softmax(found)


def order_called(names: Sequence[str]) -> str:
    """Return what an order of the classes is called, in brackets after a space; nothing where it has no name."""
    return next((f" (the {name} order)" for name, order in ORDERS.items() if order == tuple(names)), "")


WHOLE = re.compile(r"\.0+$")


def codes(
    labels: NDArray[Any], classes: tuple[str, ...], file: str, *, same_emotion: bool = False
) -> NDArray[np.int64]:
    """Return labels int64 [N] from 0 to C-1: names of classes, or their numbers; raises BadExtra for any other.

    same_emotion : whether other words for an emotion, "anger" for "angry", are that class
    """
    if labels.ndim != 1 or labels.dtype.kind not in "USiufb":
        raise BadExtra(f"{file}: labels need to be one list of names or numbers.")
    if labels.dtype.kind in "US":
        try:
            return _named(labels.astype(str), classes, file, same_emotion)
        except UnicodeDecodeError as error:
            raise BadExtra(f"{file}: labels need to be text or numbers.") from error
    whole = labels.astype(np.int64) if labels.dtype.kind != "f" else _whole(labels, file)
    if all(name.lstrip("-").isdecimal() for name in classes) and np.isin(whole, [int(name) for name in classes]).all():
        return _named(whole.astype(str), classes, file, False)  # classes that are called by numbers
    bad = np.flatnonzero((whole < 0) | (whole >= len(classes)))
    if len(bad):
        raise BadExtra(f"{file}: the label of row {bad[0]} is {whole[bad[0]]}; expected 0 to {len(classes) - 1}.")
    return whole


def _whole(labels: NDArray[Any], file: str) -> NDArray[np.int64]:
    if not np.isfinite(labels).all() or (labels != np.floor(labels)).any() or (np.abs(labels) > 1e9).any():
        raise BadExtra(f"{file}: labels need to be whole numbers.")
    return labels.astype(np.int64)


def _named(labels: NDArray[Any], classes: tuple[str, ...], file: str, same_emotion: bool) -> NDArray[np.int64]:
    at = {name.casefold(): i for i, name in enumerate(classes)} | {name: i for i, name in enumerate(classes)}
    numbers = {str(i): i for i in range(len(classes))}
    found = np.empty(len(labels), np.int64)
    for i, label in enumerate(labels.tolist()):
        # Tables that once had an empty cell say 3.0 for 3.
        code = at.get(label, at.get(label.casefold(), numbers.get(WHOLE.sub("", label))))
        if code is None and same_emotion and (meant := emotion_of(label, classes)) != -1:
            code = meant
        if code is None:
            listed = ", ".join(classes[:8]) + (", ..." if len(classes) > 8 else "")
            raise BadExtra(f"{file}: the label of row {i} is {label[:40]!r}; expected one of {listed}.")
        found[i] = code
    return found
