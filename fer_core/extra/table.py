"""Reading predictions from CSV: one line for each member and row, a column for each class."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from fer_core.errors import BadExtra
from fer_core.extra.types import PARTS, Limits, Part, Raw

KEYS = ("member", "split", "row", "label")
PASSED = ("predicted",)
"""A column that the explorer's own CSV has, and that says nothing new."""
SPLITS = {name.lower(): key for key, usage in PARTS.items() for name in (key, usage)}
WIDEST = 2000
"""Most columns that a header may have."""


class _Lines:
    """What was read of one member and split: numbers by line, rows, labels."""

    def __init__(self) -> None:
        self.values: list[list[float]] = []
        self.rows: list[str] = []
        self.labels: list[str] = []


def from_csv(source: bytes | Path, file: str, limits: Limits) -> Raw:
    """Read a CSV; raises BadExtra, naming the line, for what is none or has no predictions."""
    try:
        with _opened(source) as stream:
            return _read(stream, file, limits)
    except UnicodeDecodeError as error:
        raise BadExtra(f"{file} is neither NPZ nor CSV in UTF-8.") from error
    except csv.Error as error:
        raise BadExtra(f"{file} is not a CSV: {error}.") from error
    except OSError as error:
        raise BadExtra(f"{file} cannot be read: {error.strerror}.") from error


def _opened(source: bytes | Path) -> io.TextIOWrapper:
    binary = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    return io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")


def _read(stream: io.TextIOWrapper, file: str, limits: Limits) -> Raw:
    first = stream.readline(1 << 16)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    at = {name.lower(): i for i, name in enumerate(header) if name.lower() in (*KEYS, *PASSED)}
    classes = [(i, name) for i, name in enumerate(header) if name.lower() not in (*KEYS, *PASSED)]
    if len(header) > WIDEST or len(classes) < 2 or len({name for _, name in classes}) < len(classes):
        raise BadExtra(
            f"{file} needs a header with the columns member, split, row and label, and one for each of at least two "
            f"classes; got {', '.join(name[:20] for name in header[:10]) or 'nothing'}."
        )
    found: dict[tuple[str, str], _Lines] = {}
    read, number = 0, 1
    for number, line in enumerate(csv.reader(stream, delimiter=delimiter), start=2):
        if not line:
            continue
        if len(line) != len(header):
            raise BadExtra(f"{file}, line {number}: expected {len(header)} cells, got {len(line)}.")
        read += len(classes)
        if read > limits.numbers:
            raise BadExtra(f"{file} holds more than {limits.numbers:,} numbers.")
        member = line[at["member"]].strip() if "member" in at else ""
        lines = found.setdefault((_split(line, at, file, number), member), _Lines())
        try:
            lines.values.append([float(line[i]) for i, _ in classes])
        except ValueError as error:
            bad = next(line[i] for i, _ in classes if not _is_number(line[i]))
            raise BadExtra(f"{file}, line {number}: {bad[:40]!r} is no number.") from error
        lines.rows.append(line[at["row"]].strip() if "row" in at else str(len(lines.rows)))
        if "label" in at:
            lines.labels.append(line[at["label"]].strip())
    if not found:
        raise BadExtra(f"{file} has a header and no line below it.")
    return _gathered(found, tuple(name for _, name in classes), file, named="member" in at)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _split(line: Sequence[str], at: dict[str, int], file: str, number: int) -> str:
    if "split" not in at:
        return "all"
    said = line[at["split"]].strip()
    if said.lower() not in SPLITS:
        raise BadExtra(f"{file}, line {number}: split is {said[:40]!r}; expected 'valid' or 'test'.")
    return SPLITS[said.lower()]


def _gathered(found: dict[tuple[str, str], _Lines], classes: tuple[str, ...], file: str, *, named: bool) -> Raw:
    members = tuple(dict.fromkeys(member for _, member in found))
    parts = {}
    for part in dict.fromkeys(split for split, _ in found):
        for member in members:
            if (part, member) not in found:
                raise BadExtra(f"{file} has no line of {member or 'one member'} for {PARTS.get(part, 'all rows')}.")
        parts[part] = _part(part, {member: found[part, member] for member in members}, file)
    return Raw(parts, members if named else None, classes)


def _part(part: str, found: dict[str, _Lines], file: str) -> Part:
    first = next(iter(found.values()))
    where = _order(first.rows)
    values, labels = [], None
    for member, lines in found.items():
        place = {row: i for i, row in enumerate(lines.rows)}
        if len(place) < len(lines.rows):
            twice = next(_repeated(lines.rows))
            raise BadExtra(
                f"{file} has row {twice[:40]} of {member or 'the member'} twice for {PARTS.get(part, 'all')}."
            )
        if place.keys() != set(first.rows):
            odd = sorted(place.keys() ^ set(first.rows))[0]
            raise BadExtra(f"{file}: not every member has row {odd[:40]} of {PARTS.get(part, 'the file')}.")
        order = [place[row] for row in where]
        values.append(np.array(lines.values)[order])
        if lines.labels:
            own = [lines.labels[i] for i in order]
            if labels is not None and own != labels:
                at = next(i for i, pair in enumerate(zip(own, labels, strict=True)) if pair[0] != pair[1])
                raise BadExtra(f"{file}: members have different labels for row {where[at][:40]}.")
            labels = own
    return Part(np.array(values), None if labels is None or not any(labels) else np.array(labels), None)


def _order(rows: list[str]) -> list[str]:
    """Return rows in order: by number where they are numbers, else as they come."""
    return sorted(rows, key=int) if all(row.isdecimal() and len(row) < 12 for row in rows) else rows


def _repeated(rows: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        if row in seen:
            yield row
        seen.add(row)
