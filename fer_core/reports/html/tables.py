"""Tables of a report: all that the figures show, in numbers."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Card
from fer_core.ensemble import COMBINERS, Outcome, confidence_order
from fer_core.figures import glyph_of
from fer_core.format import interval, percent, points
from fer_core.metrics import Reliability, wilson
from fer_core.reports.html.parts import Table
from fer_core.reports.html.subject import Subject

DASH = "–"
CELLS = 40
"""Most classes whose confusions are a matrix; of more, the commonest are listed."""
LISTED = 200
PLACES = 10


def members(subject: Subject, outcome: Outcome) -> Table:
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
    return Table("Every member alone", header, rows, left=2, note=note)


def parameters(card: Card | None) -> str:
    """Return how many weights a member has, a dash where nobody says."""
    return DASH if card is None else f"{card.parameters:,}"


def _weight(outcome: Outcome, name: str) -> str:
    if not COMBINERS[outcome.setting.combiner].weighs:
        return DASH
    shares = outcome.weights[outcome.setting.members.index(name)]
    low, high = percent(float(shares.min())), percent(float(shares.max()))
    return low if low == high else f"{low} to {high}"


def classes(subject: Subject, outcome: Outcome) -> Table:
    """Return recall and precision of every class."""
    words, counts = subject.words, outcome.confusion
    header = [words.kind, words.items, "recall, %", "precision, %", f"recall against {outcome.best_member}, points"]
    rows = []
    for c, name in enumerate(subject.explorer.classes):
        taken, images = int(counts[:, c].sum()), int(counts[c].sum())
        precision = percent(counts[c, c] / taken) if taken else DASH
        recall = (percent(outcome.recalls[c]), points(outcome.recall_gain[c])) if images else (DASH, DASH)
        rows.append([name, f"{images:,}", recall[0], precision, recall[1]])
    return Table(f"Every {words.kind}", header, rows)


def confusions(subject: Subject, outcome: Outcome) -> Table:
    """Return how many images of each class are taken for which; of many classes, the commonest confusions."""
    words, counts, names = subject.words, outcome.confusion, subject.explorer.classes
    if len(names) <= CELLS:
        matrix = [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, counts, strict=True)]
        return Table(f"{words.items.capitalize()} of each {words.kind} by prediction", ["", *names], matrix)
    wrong = counts * ~np.eye(len(names), dtype=bool)
    order = np.argsort(-wrong, axis=None, kind="stable")[:LISTED]
    pairs = [divmod(int(at), len(names)) for at in order if wrong.flat[at]]
    rows = [[names[t], names[p], f"{counts[t, p]:,}", f"{counts[t].sum():,}"] for t, p in pairs]
    title = f"The {len(rows)} commonest confusions of {len(names)} {words.kinds}"
    return Table(title, ["true", "taken for", words.items, "of"], rows, left=2)


def weights(subject: Subject, outcome: Outcome) -> Table | None:
    """Return each member's share of the say on each class, None where it is the same on all."""
    shares, words = outcome.weights, subject.words
    if not COMBINERS[outcome.setting.combiner].weighs or np.ptp(shares, axis=1).max() < 5e-4:
        return None
    rows = [
        [name, *(percent(float(shares[m, c])) for m in range(len(shares)))]
        for c, name in enumerate(subject.explorer.classes)
    ]
    return Table(f"Share of the weight on each {words.kind}, %", [words.kind, *outcome.setting.members], rows)


def orders(subject: Subject, outcome: Outcome) -> Table:
    """Return the classes of each member that is on, from the one it is surest of on."""
    explorer, chosen = subject.explorer, outcome.setting.members
    valid, places = explorer.part("valid"), min(PLACES, len(explorer.classes))
    order: NDArray[np.int64] = confidence_order(valid.probabilities, valid.labels)[explorer.positions(chosen)]
    rows = [
        [name, *(explorer.classes[c] for c in row[:places])] for name, row in zip(chosen, order.tolist(), strict=True)
    ]
    title = f"Classes of each member by confidence on {subject.words.valid}, the surest first"
    return Table(title, ["member", *map(str, range(1, places + 1))], rows, left=places + 1)


def sureness(subject: Subject, sure: Reliability) -> Table:
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
    return Table(
        "Confidence and accuracy",
        ["confidence, %", words.items, "mean confidence, %", "right, %", "95% interval, %"],
        rows,
    )


def against(outcomes: Mapping[str, Outcome], named: Sequence[str]) -> Table:
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
    return Table("This setting and A on the same images", header, rows, left=3)
