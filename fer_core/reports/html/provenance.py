"""Where the numbers of a report come from."""

import platform
from collections.abc import Sequence
from datetime import datetime

import numpy as np

import fer_core
from fer_core.artifacts import Card
from fer_core.reports.html.parts import Section, Table
from fer_core.reports.html.subject import Subject
from fer_core.reports.html.tables import DASH


def provenance(subject: Subject, date: datetime) -> Section:
    """Return what made the numbers, as tables; date : of the report, with its zone."""
    members = [_member(subject, name) for name in subject.explorer.members]
    tables = [
        Table("Program and data", ["what", "value"], _program(subject, date), left=2),
        Table("How each member was made", _HEADER, members, left=9),
    ]
    if subject.files:
        rows = [
            [file.file, file.sha256, ", ".join(file.members), " ".join(file.remarks) or DASH] for file in subject.files
        ]
        tables.append(Table("Uploaded files", ["file", "SHA-256", "members", "remarks"], rows, left=4))
    note = ""
    if subject.scorings:
        logged = [[s.date, s.commit, ", ".join(s.members)] for s in subject.scorings]
        tables.append(Table(f"Every scoring of {subject.words.test}", ["date", "commit", "members"], logged, left=3))
    elif subject.fingerprint is None:
        note = f"It was not recorded how often {subject.words.test} was scored."
    return Section("provenance", "Provenance", tables, note=note)


def _program(subject: Subject, date: datetime) -> Sequence[Sequence[str]]:
    rows = [
        ["report of", f"{date:%Y-%m-%d %H:%M} UTC"],
        ["program", f"FER ensemble explorer {fer_core.__version__}"],
        ["Python", platform.python_version()],
        ["NumPy", np.__version__],
        ["artifacts, SHA-256 of the manifest", subject.fingerprint or DASH],
    ]
    rows += [[f"protocol: {key}", str(value)] for key, value in sorted(subject.protocol.items())]
    for split, name in subject.words.splits.items():
        rows.append([f"{name}, {subject.words.items}", f"{len(subject.explorer.part(split).labels):,}"])
    return rows


_HEADER = ["member", "seed", "epochs", "best epoch", "minutes", "learned from", "hardware", "commit"]
_HEADER += ["SHA-256 of the weights"]


def _member(subject: Subject, name: str) -> list[str]:
    card, file = subject.cards.get(name), subject.file_of(name)
    if card is None:
        where = DASH if file is None else f"uploaded, {file.file}, SHA-256 {file.sha256}"
        return [name, *[DASH] * 7, where]
    return [
        name,
        str(card.seed),
        str(card.epochs),
        str(card.best_epoch),
        f"{card.wall_seconds / 60:.0f}",
        _teachers(card),
        card.hardware,
        card.commit,
        subject.digests.get(name) or DASH,
    ]


def _teachers(card: Card) -> str:
    return ", ".join(["labels", *(["FER+ votes"] if card.by_votes else []), *sorted(card.teachers)])
