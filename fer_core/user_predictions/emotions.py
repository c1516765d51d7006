"""The seven emotions by the names, and in the orders, that other data sets and programs give them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import log_softmax

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
