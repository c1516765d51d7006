"""Tables of a report: all that the figures show, in numbers, and where these come from."""

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

import fer_core
from fer_core.artifacts import Card
from fer_core.ensemble import COMBINERS, Outcome, confidence_order
from fer_core.figures import glyph_of
from fer_core.format import interval, percent, points
from fer_core.metrics import Reliability, wilson
from fer_core.reports.html.page import paragraph, table
from fer_core.reports.html.subject import Subject

DASH = "–"
CELLS = 40
"""Most classes whose confusions are a matrix; of more, the commonest are listed."""
LISTED = 200
PLACES = 10


def members(subject: Subject, outcome: Outcome) -> str:
    """Return every member, on or off, with what it reaches and what it counts."""
    explorer, words = subject.explorer, subject.words
    whole, apart = explorer.part("test"), explorer.part("test", twins=False)
    header = ["member", "state", f"{words.valid}, %", f"{words.test}, %", "95% interval, %"]
    header += ["without twins, %"] if subject.twins else []
    header += ["parameters", "share of the weight, %"]
    rows = []
    for i, name in enumerate(explorer.members):
        card, on = subject.cards.get(name), name in outcome.setting.members
        rows.append(
            [
                f"{glyph_of(explorer.members, name)} {name}",
                "on" if on else "off",
                percent(explorer.valid_accuracy[name]),
                percent(whole.accuracies[i]),
                interval(wilson(int(whole.right[i].sum()), len(whole.labels))),
                *([percent(apart.accuracies[i])] if subject.twins else []),
                parameters(card),
                _weight(outcome, name) if on else DASH,
            ]
        )
    note = f"{explorer.best_member} is the best member, by {words.valid}."
    return table("Every member by itself", header, rows, left=2, note=note)


def parameters(card: Card | None) -> str:
    """Return how many weights a member has, a dash where nobody says."""
    return DASH if card is None else f"{card.parameters:,}"


def _weight(outcome: Outcome, name: str) -> str:
    if not COMBINERS[outcome.setting.combiner].weighs:
        return DASH
    shares = outcome.weights[outcome.setting.members.index(name)]
    low, high = percent(float(shares.min())), percent(float(shares.max()))
    return low if low == high else f"{low} to {high}"


def classes(subject: Subject, outcome: Outcome) -> str:
    """Return recall and precision of every class."""
    words, counts = subject.words, outcome.confusion
    header = [words.kind, words.items, "recall, %", "precision, %", f"recall against {outcome.best_member}, points"]
    rows = []
    for c, name in enumerate(subject.explorer.classes):
        taken, images = int(counts[:, c].sum()), int(counts[c].sum())
        precision = percent(counts[c, c] / taken) if taken else DASH
        recall = (percent(outcome.recalls[c]), points(outcome.recall_gain[c])) if images else (DASH, DASH)
        rows.append([name, f"{images:,}", recall[0], precision, recall[1]])
    return table(f"Every {words.kind}", header, rows)


def confusions(subject: Subject, outcome: Outcome) -> str:
    """Return how many images of each class are taken for which; of many classes, the commonest confusions."""
    words, counts, names = subject.words, outcome.confusion, subject.explorer.classes
    if len(names) <= CELLS:
        matrix = [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, counts, strict=True)]
        return table(
            f"{words.items.capitalize()} of each {words.kind} by what they are taken for", ["", *names], matrix
        )
    wrong = counts * ~np.eye(len(names), dtype=bool)
    order = np.argsort(-wrong, axis=None, kind="stable")[:LISTED]
    pairs = [divmod(int(at), len(names)) for at in order if wrong.flat[at]]
    rows = [[names[t], names[p], f"{counts[t, p]:,}", f"{counts[t].sum():,}"] for t, p in pairs]
    title = f"The {len(rows)} commonest confusions of {len(names)} {words.kinds}"
    return table(title, ["true", "taken for", words.items, "of"], rows, left=2)


def weights(subject: Subject, outcome: Outcome) -> str:
    """Return each member's share of the say on each class, nothing where it is the same on all."""
    shares, words = outcome.weights, subject.words
    if not COMBINERS[outcome.setting.combiner].weighs or np.ptp(shares, axis=1).max() < 5e-4:
        return ""
    rows = [
        [name, *(percent(float(shares[m, c])) for m in range(len(shares)))]
        for c, name in enumerate(subject.explorer.classes)
    ]
    return table(f"Share of the weight on each {words.kind}, %", [words.kind, *outcome.setting.members], rows)


def orders(subject: Subject, outcome: Outcome) -> str:
    """Return the classes of each member that is on, from the one it is surest of on."""
    explorer, chosen = subject.explorer, outcome.setting.members
    valid, places = explorer.part("valid"), min(PLACES, len(explorer.classes))
    order: NDArray[np.int64] = confidence_order(valid.probabilities, valid.labels)[explorer.positions(chosen)]
    rows = [
        [name, *(explorer.classes[c] for c in row[:places])] for name, row in zip(chosen, order.tolist(), strict=True)
    ]
    title = f"Of what members are surest on {subject.words.valid}, by place"
    return table(title, ["member", *map(str, range(1, places + 1))], rows, left=places + 1)


def sureness(subject: Subject, sure: Reliability) -> str:
    """Return how often decisions are right by how sure they are."""
    words, rows = subject.words, []
    for b in np.flatnonzero(sure.counts).tolist():
        edges = f"{percent(float(sure.edges[b]), 0)} to {percent(float(sure.edges[b + 1]), 0)}"
        right = round(float(sure.counts[b] * sure.accuracy[b]))
        rows.append(
            [
                edges,
                f"{sure.counts[b]:,}",
                percent(float(sure.confidence[b])),
                percent(float(sure.accuracy[b])),
                interval(wilson(right, int(sure.counts[b]))),
            ]
        )
    return table(
        "How sure, and how often right",
        ["confidence, %", words.items, "mean confidence, %", "right, %", "95% interval, %"],
        rows,
    )


def against(outcomes: Mapping[str, Outcome], named: Sequence[str]) -> str:
    """Return settings side by side, by a letter; named : what each one is, in words."""
    header = ["", "setting", "members", "right, %", "95% interval, %", "macro-F1, %", "calibration error, %", "Brier"]
    rows = [
        [
            letter,
            words,
            ", ".join(found.setting.members),
            percent(found.accuracy, 2),
            interval(found.interval),
            percent(found.macro_f1),
            percent(found.ece),
            f"{found.brier:.3f}",
        ]
        for (letter, found), words in zip(outcomes.items(), named, strict=True)
    ]
    return table("This setting and A on the same images", header, rows, left=3)


def provenance(subject: Subject, date: datetime) -> str:
    """Return what made the numbers, as tables; date : of the report, with its zone."""
    parts = [
        table("Program and data", ["what", "value"], _program(subject, date), left=2),
        table(
            "How each member was made", _HEADER, [_member(subject, name) for name in subject.explorer.members], left=9
        ),
    ]
    if subject.files:
        rows = [
            [file.file, file.sha256, ", ".join(file.members), " ".join(file.remarks) or DASH] for file in subject.files
        ]
        parts.append(table("Files that were put in by hand", ["file", "SHA-256", "members", "remarks"], rows, left=4))
    if subject.scorings:
        logged = [[s.date, s.commit, ", ".join(s.members)] for s in subject.scorings]
        parts.append(table(f"Every scoring of {subject.words.test}", ["date", "commit", "members"], logged, left=3))
    elif subject.fingerprint is None:
        parts.append(paragraph(f"Nobody logged how often {subject.words.test} was scored.", "note"))
    return "".join(parts)


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
        where = DASH if file is None else f"put in by hand, {file.file}, SHA-256 {file.sha256}"
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
