"""Checking predictions: members, classes, shapes, numbers, labels and their order."""

import re
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import log_softmax, stratified_folds
from fer_core.errors import BadExtra
from fer_core.extra.labels import codes
from fer_core.extra.order import refuse_other_order
from fer_core.extra.types import PARTS, Extra, Limits, Ours, Part, Raw

LEAST_ROWS = 20
"""Rows of one split below which nothing can be said."""
MOST_CLASSES = 1000
NAME = re.compile(r"[\w.+() -]{1,40}")
SURE = 1e-7
"""What a probability of zero is raised to: about the least that float32 tells from it beside one."""
UNIT = 5e-3
"""How far from one a row of probabilities may sum, which is what float16 costs."""


def checked(raw: Raw, file: str, sha256: str, ours: Ours, limits: Limits) -> Extra:
    """Return what a file holds; raises BadExtra, in one sentence, for the first thing that cannot be used."""
    parts = raw.parts
    shapes = {name: part.values.shape for name, part in parts.items()}
    members, classes = len(next(iter(parts.values())).values), next(iter(shapes.values()))[2]
    for name, shape in shapes.items():
        if shape[0] != members or shape[2] != classes:
            raise BadExtra(f"{file}: both splits need the same members and classes, got {_shapes(shapes)}.")
        if shape[1] < LEAST_ROWS:
            raise BadExtra(f"{file} has {shape[1]} rows{_of(name)}; at least {LEAST_ROWS} are needed.")
    if not members or members > limits.members:
        raise BadExtra(f"{file} has {members:,} members; expected 1 to {limits.members:,}.")
    if not 2 <= classes <= MOST_CLASSES:
        raise BadExtra(f"{file} has {classes:,} classes; expected 2 to {MOST_CLASSES:,}.")
    names = _members(raw, members, file, ours)
    joins = _joins(parts, raw.classes, file, ours)
    known = _classes(raw, classes, file, ours, joins=joins)
    order = _reordered(raw.classes, known)
    remarks: dict[str, None] = {}
    logits = {name: _logs(part, file, names, order, name, remarks) for name, part in parts.items()}
    if joins:
        refuse_other_order(logits, file, names, ours, remarks)
        return Extra(file, sha256, names, known, logits, dict(ours.labels), True, tuple(remarks))
    labels = {name: _labels(part, known, file, name) for name, part in parts.items()}
    if "all" in parts:
        logits, labels = _halves(logits["all"], labels["all"], remarks)
    return Extra(file, sha256, names, known, logits, labels, False, tuple(remarks))


def _shapes(shapes: dict[str, tuple[int, ...]]) -> str:
    return " and ".join(f"{list(shape)}{_of(name)}" for name, shape in shapes.items())


def _of(name: str) -> str:
    return f" of {PARTS[name]}" if name in PARTS else ""


def _members(raw: Raw, members: int, file: str, ours: Ours) -> tuple[str, ...]:
    stem = re.sub(r"[^\w.+() -]", "_", PurePath(file).stem)[:32] or "own"
    names = raw.members or tuple(stem if members == 1 else f"{stem} {i + 1}" for i in range(members))
    if len(names) != members:
        raise BadExtra(f"{file} has predictions of {members:,} members and {len(names):,} names.")
    for name in names:
        if not NAME.fullmatch(name) or name != name.strip():
            raise BadExtra(
                f"{file}: a member is called {name[:60]!r}; names have 1 to 40 letters, digits, spaces or . _ - + ( )."
            )
    if len(set(names)) < len(names):
        raise BadExtra(f"{file} has two members called {next(n for n in names if names.count(n) > 1)}.")
    taken = [name for name in names if name in ours.members or name == "none"]
    if taken:
        raise BadExtra(f"{file}: a member is called {taken[0]}, which is taken; give it another name.")
    return names


def _joins(parts: dict[str, Part], classes: tuple[str, ...] | None, file: str, ours: Ours) -> bool:
    """Tell whether the rows are those of the two splits; raises BadExtra for neither those nor labelled."""
    rows = {name: len(labels) for name, labels in ours.labels.items()}
    same = {name: part.values.shape[1] for name, part in parts.items()} == rows
    same &= next(iter(parts.values())).values.shape[2] == len(ours.classes)
    same &= classes is None or _folded(classes) == _folded(ours.classes)
    labelled = [name for name, part in parts.items() if part.labels is not None]
    if same and not labelled:
        return True
    if same and all(_agree(part, ours, name) for name, part in parts.items()):
        return True
    if len(labelled) == len(parts) and (len(parts) == 2 or "all" in parts):
        if same:
            raise BadExtra(f"{file} has the rows of FER-2013, but other labels or another order than fer2013.csv.")
        return False
    if len(labelled) == len(parts):
        raise BadExtra(f"{file} has rows of {next(iter(parts))} alone; both 'valid' and 'test' are needed.")
    wanted = " and ".join(f"{count:,} rows of {PARTS[name]} ('{name}')" for name, count in rows.items())
    got = " and ".join(f"{part.values.shape[1]:,}{_of(name)}" for name, part in parts.items())
    raise BadExtra(
        f"{file} has no labels{'' if not labelled else ' for some rows'}, so it needs {wanted} of {len(ours.classes)} "
        f"classes; got {got} of {next(iter(parts.values())).values.shape[2]}."
    )


def _folded(names: tuple[str, ...]) -> set[str]:
    return {name.casefold() for name in names}


def _agree(part: Part, ours: Ours, name: str) -> bool:
    if part.labels is None or part.labels.shape != ours.labels[name].shape:
        return part.labels is None
    try:
        return bool((codes(part.labels, ours.classes, "") == ours.labels[name]).all())
    except BadExtra:
        return False


def _classes(raw: Raw, classes: int, file: str, ours: Ours, *, joins: bool) -> tuple[str, ...]:
    if joins:
        return ours.classes
    names = raw.classes or tuple(map(str, range(classes)))
    if len(names) != classes:
        raise BadExtra(f"{file} has predictions of {classes:,} classes and {len(names):,} names for them.")
    for name in names:
        if not 1 <= len(name) <= 40 or not name.isprintable():
            raise BadExtra(f"{file}: a class is called {name[:60]!r}; names have 1 to 40 printable characters.")
    if len(set(names)) < len(names):
        raise BadExtra(f"{file} has two classes called {next(n for n in names if names.count(n) > 1)}.")
    return names


def _reordered(given: tuple[str, ...] | None, known: tuple[str, ...]) -> list[int]:
    """Return where each known class stands in the file."""
    if given is None:
        return list(range(len(known)))
    folded = [name.casefold() for name in given] if given != known else list(given)
    return [folded.index(name.casefold() if given != known else name) for name in known]


def _logs(
    part: Part, file: str, names: tuple[str, ...], order: list[int], split: str, remarks: dict[str, None]
) -> NDArray[np.float32]:
    """Return log-probabilities float32 [M,N,C] of a part, one member at a time, so that little memory is held."""
    if part.values.dtype.kind not in "fiub":
        raise BadExtra(f"{file}: predictions have to be numbers, got {part.values.dtype}.")
    logs = np.empty(part.values.shape, np.float32)
    for m, name in enumerate(names):
        own: NDArray[Any] = part.values[m][:, order].astype(np.float64)
        if np.isnan(own).any() or np.isposinf(own).any():
            row = int(np.flatnonzero((np.isnan(own) | np.isposinf(own)).any(axis=1))[0])
            raise BadExtra(
                f"{file}: {name} says {'NaN' if np.isnan(own[row]).any() else 'infinity'} in row {row}{_of(split)}."
            )
        sums, inside = own.sum(axis=1), own.min() >= 0 and own.max() <= 1 + UNIT
        one = inside and bool((np.abs(sums - 1) < UNIT).all())
        if part.kind == "probabilities" and not one:
            row = int(np.flatnonzero((own.min(axis=1) < 0) | ~(np.abs(sums - 1) < UNIT))[0])
            raise BadExtra(
                f"{file}: the probabilities of {name} in row {row}{_of(split)} sum to {sums[row]:.4g}, not to 1."
            )
        if part.kind is None and inside and not one and own.max() > 0:
            raise BadExtra(
                f"{file}: what {name} says lies between 0 and 1 but does not sum to 1; call the arrays "
                "'..._logits' if it is logits."
            )
        if part.kind != "logits" and one:
            if own.min() < SURE:
                remarks[f"Probabilities below {SURE:g} were raised to that, so that their logarithms are finite."] = (
                    None
                )
            own = np.log(np.maximum(own, SURE))
        elif np.isneginf(own).any():
            remarks["Logits of minus infinity were raised, so that all probabilities are above zero."] = None
            if np.isneginf(own.max(axis=1)).any():
                raise BadExtra(f"{file}: {name} gives no class any probability in some row{_of(split)}.")
            own = np.maximum(own, own.max(axis=1, keepdims=True) + np.log(SURE))
        logs[m] = log_softmax(own)
    return logs


def _labels(part: Part, classes: tuple[str, ...], file: str, name: str) -> NDArray[np.int64]:
    assert part.labels is not None
    if part.labels.shape != part.values.shape[1:2]:
        raise BadExtra(
            f"{file} has {part.values.shape[1]:,} rows{_of(name)} and labels of the shape {list(part.labels.shape)}."
        )
    return codes(part.labels, classes, file)


def _halves(
    logits: NDArray[np.float32], labels: NDArray[np.int64], remarks: dict[str, None]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.int64]]]:
    """Divide rows in two halves with the same share of each class: weights need rows that are not scored."""
    fold = stratified_folds(labels, folds=2)
    inside = {"valid": fold == 0, "test": fold == 1}
    counts = {name: int(at.sum()) for name, at in inside.items()}
    remarks[
        f"Its {len(labels):,} rows were divided by chance: {counts['valid']:,} choose weights and members, "
        f"{counts['test']:,} score them."
    ] = None
    return {name: logits[:, at] for name, at in inside.items()}, {name: labels[at] for name, at in inside.items()}
