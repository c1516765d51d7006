"""Reading predictions from CSV: one line for each member and row, a column for each class."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fer_core.emotions import SCORED
from fer_core.ensemble.predictions import RESERVED, class_of
from fer_core.errors import BadExtra
from fer_core.user_predictions.types import KINDS, Limits, Part, Raw

SPLITS = {name.lower(): key for key, usage in SCORED.items() for name in (key, usage)}
WIDEST = 2000
"""Most columns that a header may have."""
TOGETHER = 1 << 22
"""Cells that are read at a time."""
NAMELESS = re.compile(r"(Unnamed: \d+)?")
"""What the header says of a column that pandas wrote for an index."""
NAN = re.compile(r"[+-]?nan", re.IGNORECASE)
BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class _Header:
    """Where columns stand: those that are no class by name, classes by position, and those without a name."""

    at: dict[str, int]
    classes: dict[int, str]
    nameless: tuple[int, ...]
    columns: int


def from_csv(source: bytes | Path, file: str, limits: Limits) -> Raw:
    """Read a CSV; raises BadExtra, naming the line, for what is none or has no predictions."""
    try:
        with _opened(source) as stream:
            return _read(stream, file, limits)
    except UnicodeError as error:
        raise BadExtra(f"{file} is neither NPZ nor CSV in UTF-8.") from error
    except (csv.Error, pd.errors.ParserError) as error:
        raise BadExtra(f"{file} is not a CSV: {' '.join(str(error).split())[:200]}.") from error
    except OSError as error:
        raise BadExtra(f"{file} cannot be read: {error.strerror}.") from error


def _opened(source: bytes | Path) -> io.TextIOWrapper:
    binary = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    encoding = BOMS.get(binary.read(2), "utf-8-sig")
    binary.seek(0)
    return io.TextIOWrapper(binary, encoding=encoding, newline="")


def _read(stream: io.TextIOWrapper, file: str, limits: Limits) -> Raw:
    first = stream.readline(1 << 16)
    delimiter = max(",;\t", key=first.count)
    header = _header([name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])], file)
    values, keys, numbers = [], [], 0
    for chunk in _chunks(stream, header, delimiter, file):
        numbers += len(chunk) * len(header.classes)
        if numbers > limits.numbers:
            raise BadExtra(f"{file} holds more than {limits.numbers:,} numbers.")
        values.append(_numbers(chunk, header.classes, file))
        keys.append(chunk[[*header.at.values(), *header.nameless]])
    if not numbers:
        raise BadExtra(f"{file} has a header and no line below it.")
    told = pd.concat(keys)
    remarks = _indices(told, header, file)
    cells = {name: told[at].str.strip() for name, at in header.at.items()}
    raw = _gathered(cells, np.concatenate(values), told.index.to_numpy(), tuple(header.classes.values()), file)
    return Raw(raw.parts, raw.members, raw.classes, remarks)


def _header(names: list[str], file: str) -> _Header:
    classes: dict[int, str] = {}
    at: dict[str, int] = {}
    nameless = []
    for i, name in enumerate(names):
        if NAMELESS.fullmatch(name):
            nameless.append(i)
        elif (meant := class_of(name)) is None:
            at[name.lower()] = i
        else:
            classes[i] = meant
    if len(names) > WIDEST or len(classes) < 2:
        raise BadExtra(
            f"{file} needs a header with the columns member, split, row and label, and one for each of at least two "
            f"classes; got {', '.join(name[:20] for name in names[:10]) or 'nothing'}."
        )
    folded = [name if i in classes else name.lower() for i, name in enumerate(names) if i not in nameless]
    if twice := [name for name in folded if folded.count(name) > 1]:
        known = f"; a class of that name is called 'class {twice[0]}'" if twice[0] in RESERVED else ""
        raise BadExtra(f"{file} has two columns called {twice[0][:40]}{known}.")
    return _Header(at, classes, tuple(nameless), len(names))


def _chunks(stream: io.TextIOWrapper, header: _Header, delimiter: str, file: str) -> Iterator[Any]:
    """Yield some lines at a time as cells of text, by their numbers, without empty ones."""
    try:
        reader = pd.read_csv(
            stream,
            sep=delimiter,
            header=None,
            names=range(header.columns + 1),
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            chunksize=max(1, TOGETHER // header.columns),
        )
    except pd.errors.EmptyDataError:
        return
    with reader:
        for chunk in reader:
            beyond = chunk.index.nlevels > 1 or not pd.api.types.is_integer_dtype(chunk.index)
            if not beyond:
                chunk.index += 2  # the header is line 1
                chunk = chunk[(chunk != "").any(axis=1)]
                beyond = (chunk[header.columns] != "").any()
            if beyond:
                line = "" if not len(chunk) or chunk.index.nlevels > 1 else f", line {_line(chunk, header.columns)}"
                raise BadExtra(f"{file}{line}: expected {header.columns} cells, got more.")
            yield chunk


def _line(chunk: Any, column: int) -> str:
    return str(chunk.index[(chunk[column] != "").to_numpy()][0])


def _numbers(chunk: Any, classes: dict[int, str], file: str) -> NDArray[np.float64]:
    """Return the numbers of some lines, float64 [lines, classes]; raises BadExtra for a cell that is none."""
    found, bad = np.empty((len(chunk), len(classes))), []
    # Half of the world writes 0,93; a point anywhere says that a comma is a mistake.
    points = any(chunk[column].str.contains(".", regex=False).any() for column in classes)
    for to, (column, name) in enumerate(classes.items()):
        cells = chunk[column] if points else chunk[column].str.replace(",", ".")
        found[:, to] = pd.to_numeric(cells, errors="coerce")
        for i in np.flatnonzero(np.isnan(found[:, to])).tolist():
            if not NAN.fullmatch(cell := chunk[column].iloc[i].strip()):
                bad.append((int(chunk.index[i]), name, cell))
                break
    if bad:
        line, name, cell = min(bad)
        what = f"{cell[:40]!r} is no number" if cell else f"there is no number for {name[:40]}"
        raise BadExtra(f"{file}, line {line}: {what}.")
    return found


def _indices(told: Any, header: _Header, file: str) -> tuple[str, ...]:
    """Pass over columns without a name that are empty or an index; raises BadExtra for any other."""
    remarks = []
    for column in header.nameless:
        cells = told[column]
        if (cells == "").all():
            continue
        if not cells.str.fullmatch(r"\d+").all():
            raise BadExtra(f"{file}: column {column + 1} has no name and is no index; name it or leave it out.")
        remarks.append(f"Column {column + 1}, which has no name, was taken for an index and left out.")
    return tuple(remarks)


def _gathered(
    cells: dict[str, Any], values: NDArray[np.float64], lines: NDArray[np.int64], classes: tuple[str, ...], file: str
) -> Raw:
    empty = pd.Series("", index=lines)
    split, kind = _splits(cells, lines, file), _kind(cells, lines, file)
    groups = pd.DataFrame({"split": split, "member": cells.get("member", empty).to_numpy()}).groupby(
        ["split", "member"], sort=False
    )
    found = {(str(part), str(member)): np.asarray(at) for (part, member), at in groups.indices.items()}
    members = tuple(dict.fromkeys(cells.get("member", empty[:1]).tolist()))
    parts = {}
    for part in dict.fromkeys(split.tolist()):
        for member in members:
            if (part, member) not in found:
                raise BadExtra(f"{file} has no line of {member or 'one member'} for {SCORED.get(part, 'all rows')}.")
        parts[part] = _part(part, {member: found[part, member] for member in members}, cells, values, kind, file)
    return Raw(parts, members if "member" in cells else None, classes)


def _splits(cells: dict[str, Any], lines: NDArray[np.int64], file: str) -> NDArray[Any]:
    if "split" not in cells:
        return np.full(len(lines), "all", object)
    found = cells["split"].str.lower().map(SPLITS)
    if found.isna().any():
        i = int(found.isna().to_numpy().argmax())
        raise BadExtra(
            f"{file}, line {lines[i]}: split is {cells['split'].iloc[i][:40]!r}; expected 'valid' or 'test'."
        )
    return np.asarray(found, object)


def _kind(cells: dict[str, Any], lines: NDArray[np.int64], file: str) -> str | None:
    if "kind" not in cells:
        return None
    kinds = cells["kind"].unique().tolist()
    if len(kinds) != 1 or kinds[0] not in KINDS:
        odd = next((kind for kind in kinds if kind not in KINDS), kinds[-1])
        i = int((cells["kind"] == odd).to_numpy().argmax())
        raise BadExtra(f"{file}, line {lines[i]}: kind is {odd[:40]!r}; expected {' or '.join(KINDS)} in every line.")
    return str(kinds[0])


def _part(
    part: str,
    found: dict[str, NDArray[np.int64]],
    cells: dict[str, Any],
    values: NDArray[np.float64],
    kind: str | None,
    file: str,
) -> Part:
    rows = {
        member: cells["row"].iloc[at].tolist() if "row" in cells else list(map(str, range(len(at))))
        for member, at in found.items()
    }
    first = next(iter(rows.values()))
    where, told, labels = _order(first), [], None
    for member, at in found.items():
        place = dict(zip(rows[member], at.tolist(), strict=True))
        if len(place) < len(at):
            twice = next(_repeated(rows[member]))
            raise BadExtra(
                f"{file} has row {twice[:40]} of {member or 'the member'} twice for {SCORED.get(part, 'all')}."
            )
        if place.keys() != set(first):
            odd = sorted(place.keys() ^ set(first))[0]
            raise BadExtra(f"{file}: not every member has row {odd[:40]} of {SCORED.get(part, 'the file')}.")
        order = [place[row] for row in where]
        told.append(values[order])
        if "label" in cells:
            own = cells["label"].iloc[order].tolist()
            if labels is not None and own != labels:
                i = next(i for i, pair in enumerate(zip(own, labels, strict=True)) if pair[0] != pair[1])
                raise BadExtra(f"{file}: members have different labels for row {where[i][:40]}.")
            labels = own
    return Part(np.stack(told), None if labels is None or not any(labels) else np.array(labels, str), kind)


def _order(rows: list[str]) -> list[str]:
    """Return rows in order: by number where they are numbers, else as they come."""
    return sorted(rows, key=int) if all(row.isdecimal() and len(row) < 12 for row in rows) else rows


def _repeated(rows: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        if row in seen:
            yield row
        seen.add(row)
