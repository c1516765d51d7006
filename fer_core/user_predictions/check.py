"""Checking predictions: members, classes, shapes, numbers, labels and their order."""

import re
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import SCORED
from fer_core.errors import BadExtra
from fer_core.user_predictions.classes import CONTEMPT, FOLD, codes, emotion_of, put_in_order
from fer_core.user_predictions.numbers import Numbers
from fer_core.user_predictions.order import refuse_other_order, remark_on_chance
from fer_core.user_predictions.types import Extra, Limits, Part, Raw, Reference

LEAST_ROWS = 20
"""Rows of one split below which nothing can be said."""
MOST_CLASSES = 1000
NAME = re.compile(r"[\w.+() -]{1,40}")


def checked(raw: Raw, file: str, sha256: str, reference: Reference, limits: Limits) -> Extra:
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
    names = _members(raw, members, file, reference)
    places = _places(parts, raw.classes, file, reference)
    joins = places is not None
    remarks = dict.fromkeys(raw.remarks)
    if raw.classes is not None and places is not None and -1 in places:
        remarks[_left_out([name for name, place in zip(raw.classes, places, strict=True) if place < 0])] = None
    known = reference.classes if joins else _classes(raw, classes, file)
    logits = {name: _logs(part, file, names, places, len(known), name, remarks) for name, part in parts.items()}
    if places is not None:
        if "all" in parts:
            logits = _in_sequence(logits["all"], reference, remarks)
        refuse_other_order(logits, file, names, reference, remarks)
        return Extra(file, sha256, names, known, logits, dict(reference.labels), True, tuple(remarks))
    labels = {name: _labels(part, known, file, name) for name, part in parts.items()}
    remark_on_chance(logits, labels, names, known, remarks)
    if "all" in parts:
        logits, labels = _halves(logits["all"], labels["all"], remarks)
    return Extra(file, sha256, names, known, logits, labels, False, tuple(remarks))


def _shapes(shapes: dict[str, tuple[int, ...]]) -> str:
    return " and ".join(f"{list(shape)}{_of(name)}" for name, shape in shapes.items())


def _of(name: str) -> str:
    return f" of {SCORED[name]}" if name in SCORED else ""


def _members(raw: Raw, members: int, file: str, reference: Reference) -> tuple[str, ...]:
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
    taken = [name for name in names if name in reference.members or name == "none"]
    if taken:
        raise BadExtra(f"{file}: a member is called {taken[0]}, which is taken; give it another name.")
    return names


def _places(parts: dict[str, Part], given: tuple[str, ...] | None, file: str, reference: Reference) -> list[int] | None:
    """Return the known class of each column where rows are those of the two splits, None where they stand alone.

    Raises BadExtra for rows that are neither those nor labelled.
    """
    rows = {name: len(labels) for name, labels in reference.labels.items()}
    there = {name: part.values.shape[1] for name, part in parts.items()}
    same = there == rows or there == {"all": sum(rows.values())}
    labelled = [name for name, part in parts.items() if part.labels is not None]
    columns = next(iter(parts.values())).values.shape[2]
    places = _meant(given, columns, reference) if same else None
    if places is not None and all(_agree(part, given, places, reference, name) for name, part in parts.items()):
        return places
    if len(labelled) == len(parts) and (len(parts) == 2 or "all" in parts):
        if places is not None and there == rows:
            raise BadExtra(f"{file} has the rows of FER-2013, but other labels or another order than fer2013.csv.")
        return None
    if len(labelled) == len(parts):
        raise BadExtra(f"{file} has rows of {next(iter(parts))} alone; both 'valid' and 'test' are needed.")
    if same and not labelled and (fault := _foreign(given, columns, reference)):
        raise BadExtra(f"{file} {fault}")
    wanted = " and ".join(f"{count:,} rows of {SCORED[name]} ('{name}')" for name, count in rows.items())
    got = " and ".join(f"{count:,}{_of(name)}" for name, count in there.items())
    raise BadExtra(
        f"{file} has no labels{'' if not labelled else ' for some rows'}, so it needs {wanted} of "
        f"{len(reference.classes)} classes; got {got} of {columns}."
    )


def _meant(given: tuple[str, ...] | None, columns: int, reference: Reference) -> list[int] | None:
    """Return the known class of each column, None where they are not those classes, each once."""
    if given is None:
        return list(range(columns)) if columns == len(reference.classes) else None
    places = [emotion_of(name, reference.classes) for name in given]
    whole = [place for name, place in zip(given, places, strict=True) if FOLD not in name and place != -1]
    if len(places) != columns or sorted(place for place in whole if place is not None) != list(
        range(len(reference.classes))
    ):
        return None
    return None if None in places else [place for place in places if place is not None]


def _left_out(names: list[str]) -> str:
    one = next((name for name in names if name.casefold() == CONTEMPT), None)
    more = "." if one is None else f"; call it '{one}{FOLD}disgust' to add it to disgust instead."
    return f"{', '.join(names)}: no class of FER-2013, so left out, and the others scaled to sum to 1{more}"


def _foreign(given: tuple[str, ...] | None, columns: int, reference: Reference) -> str | None:
    """Say which class keeps a file of the right rows from joining; None where it is none alone."""
    expected = ", ".join(reference.classes)
    if given is None:
        if columns == len(reference.classes):
            return None
        more = "" if columns < len(reference.classes) else "; name them in 'classes', so that others can be left out"
        return f"has predictions of {columns:,} classes; expected {len(reference.classes)}: {expected}{more}."
    places = {name: emotion_of(name, reference.classes) for name in given}
    for name, place in places.items():
        if place is None:
            return f"has a class called {name[:40]!r}, which is none of FER-2013's: {expected}."
    for code, name in enumerate(reference.classes):
        same = [own for own, place in places.items() if place == code and FOLD not in own]
        if not same:
            return f"has no class {name}; expected {expected}."
        if len(same) > 1:
            return f"has two classes for {name}: {', '.join(own[:40] for own in same)}."
    return None


def _agree(part: Part, given: tuple[str, ...] | None, places: list[int], reference: Reference, name: str) -> bool:
    """Tell whether a part has no labels, or those of the split: by name, by number, or by the file's own numbers."""
    expected = np.concatenate(list(reference.labels.values())) if name == "all" else reference.labels[name]
    if part.labels is None or part.labels.shape != expected.shape:
        return part.labels is None
    for classes, to in ((reference.classes, range(len(reference.classes))), (given, places)):
        try:
            found = [] if classes is None else [np.array(to)[codes(part.labels, classes, "", same_emotion=True)]]
        except BadExtra:
            continue
        if any((own == expected).all() for own in found):
            return True
    return False


def _classes(raw: Raw, classes: int, file: str) -> tuple[str, ...]:
    names = raw.classes or tuple(map(str, range(classes)))
    if len(names) != classes:
        raise BadExtra(f"{file} has predictions of {classes:,} classes and {len(names):,} names for them.")
    for name in names:
        if not 1 <= len(name) <= 40 or not name.isprintable():
            raise BadExtra(f"{file}: a class is called {name[:60]!r}; names have 1 to 40 printable characters.")
    if len(set(names)) < len(names):
        raise BadExtra(f"{file} has two classes called {next(n for n in names if names.count(n) > 1)}.")
    return names


def _logs(
    part: Part,
    file: str,
    names: tuple[str, ...],
    places: list[int] | None,
    classes: int,
    split: str,
    remarks: dict[str, None],
) -> NDArray[np.float32]:
    """Return log-probabilities float32 [M,N,C] of a part, one member at a time, so that little memory is held.

    places : the class of each column, None where each column is a class
    """
    if part.values.dtype.kind not in "fiub":
        raise BadExtra(f"{file}: predictions have to be numbers, got {part.values.dtype}.")
    logs = np.empty((*part.values.shape[:2], classes), np.float32)
    for m, name in enumerate(names):
        with np.errstate(invalid="ignore"):  # damaged numbers may be of a kind of NaN that warns
            values = part.values[m].astype(np.float64)
        own = Numbers(values, part.kind, file, name, _of(split), remarks).logs()
        logs[m] = own if places is None else put_in_order(own, places, classes)
    return logs


def _labels(part: Part, classes: tuple[str, ...], file: str, name: str) -> NDArray[np.int64]:
    assert part.labels is not None
    if part.labels.shape != part.values.shape[1:2]:
        raise BadExtra(
            f"{file} has {part.values.shape[1]:,} rows{_of(name)} and labels of the shape {list(part.labels.shape)}."
        )
    return codes(part.labels, classes, file)


def _in_sequence(
    logits: NDArray[np.float32], reference: Reference, remarks: dict[str, None]
) -> dict[str, NDArray[np.float32]]:
    """Divide rows that are those of both splits, one after the other."""
    ends = np.cumsum([len(labels) for labels in reference.labels.values()])
    names = " and ".join(f"{len(labels):,} as {SCORED[name]}" for name, labels in reference.labels.items())
    remarks[f"Its rows were taken in the order of fer2013.csv: {names}."] = None
    return dict(zip(reference.labels, np.split(logits, ends[:-1], axis=1), strict=True))


def _halves(
    logits: NDArray[np.float32], labels: NDArray[np.int64], remarks: dict[str, None]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.int64]]]:
    """Divide rows in two halves with the same share of each class: weights need rows that are not scored."""
    order = np.random.RandomState(0).permutation(len(labels))
    dealt = order[np.argsort(labels[order], kind="stable")]  # class by class, so that every other row is half of each
    inside = {name: np.isin(np.arange(len(labels)), dealt[start::2]) for start, name in enumerate(SCORED)}
    counts = {name: int(at.sum()) for name, at in inside.items()}
    remarks[
        f"Its {len(labels):,} rows were divided at random: {counts['valid']:,} choose weights and members, "
        f"{counts['test']:,} score them."
    ] = None
    return {name: logits[:, at] for name, at in inside.items()}, {name: labels[at] for name, at in inside.items()}
