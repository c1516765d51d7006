"""Labels as numbers, whether a file names classes or counts them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import BadExtra


def codes(labels: NDArray[Any], classes: tuple[str, ...], file: str) -> NDArray[np.int64]:
    """Return labels int64 [N] from 0 to C-1: names of classes, or their numbers; raises BadExtra for any other."""
    if labels.ndim != 1 or labels.dtype.kind not in "USiufb":
        raise BadExtra(f"{file}: labels need to be one list of names or numbers.")
    if labels.dtype.kind in "US":
        try:
            return _named(labels.astype(str), classes, file)
        except UnicodeDecodeError as error:
            raise BadExtra(f"{file}: labels need to be text or numbers.") from error
    whole = labels.astype(np.int64) if labels.dtype.kind != "f" else _whole(labels, file)
    if all(name.lstrip("-").isdecimal() for name in classes) and np.isin(whole, [int(name) for name in classes]).all():
        return _named(whole.astype(str), classes, file)  # classes that are called by numbers
    bad = np.flatnonzero((whole < 0) | (whole >= len(classes)))
    if len(bad):
        raise BadExtra(f"{file}: the label of row {bad[0]} is {whole[bad[0]]}; expected 0 to {len(classes) - 1}.")
    return whole


def _whole(labels: NDArray[Any], file: str) -> NDArray[np.int64]:
    if not np.isfinite(labels).all() or (labels != np.floor(labels)).any() or (np.abs(labels) > 1e9).any():
        raise BadExtra(f"{file}: labels need to be whole numbers.")
    return labels.astype(np.int64)


def _named(labels: NDArray[Any], classes: tuple[str, ...], file: str) -> NDArray[np.int64]:
    at = {name.casefold(): i for i, name in enumerate(classes)} | {name: i for i, name in enumerate(classes)}
    numbers = {str(i): i for i in range(len(classes))}
    found = np.empty(len(labels), np.int64)
    for i, label in enumerate(labels.tolist()):
        code = at.get(label, at.get(label.casefold(), numbers.get(label)))
        if code is None:
            listed = ", ".join(classes[:8]) + (", ..." if len(classes) > 8 else "")
            raise BadExtra(f"{file}: the label of row {i} is {label[:40]!r}; expected one of {listed}.")
        found[i] = code
    return found
