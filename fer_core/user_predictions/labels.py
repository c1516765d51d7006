"""Labels as numbers, whether a file names classes or counts them."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import BadExtra
from fer_core.user_predictions.emotions import emotion_of

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
