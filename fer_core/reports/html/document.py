"""The whole report, in one string that asks for nothing else."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fer_core.ensemble import Outcome, Setting
from fer_core.figures import glyph_of
from fer_core.metrics import reliability
from fer_core.reports import sentences
from fer_core.reports.html import tables
from fer_core.reports.html.configuration import configuration
from fer_core.reports.html.drawn import Drawn, drawn
from fer_core.reports.html.formulas import formulas
from fer_core.reports.html.headline import fixed_before, headline
from fer_core.reports.html.page import page
from fer_core.reports.html.parts import Section, Table
from fer_core.reports.html.provenance import provenance
from fer_core.reports.html.subject import Subject

LINE = "The upright bar is this setting. The line is its 95% interval."
AS_DATA = "This file holds the same as data, in the element with the id “configuration-data”."


def html_report(subject: Subject, setting: Setting, pin: Setting | None = None, *, date: datetime | None = None) -> str:
    """Return a report of one setting that opens without a server and without a network.

    pin : what is held against it, on the same images; date : when it is made, now unless another is given, in its zone
    Raises ValueError, naming the argument, for a setting that the explorer has not.
    """
    explorer, words = subject.explorer, subject.words
    outcome = explorer.recompute(setting)
    other = None if pin is None else explorer.recompute(replace(pin, split=setting.split, twins=setting.twins))
    sure = reliability(outcome.decision.shares[range(outcome.n), outcome.decision.labels], outcome.right)
    figures = drawn(subject, outcome, other, sure)
    name = sentences.scheme(setting)
    made = configuration(subject, setting, pin)
    return page(
        f"{name[0].upper()}{name[1:]}: {words.splits[setting.split]}",
        _noted(subject, figures),
        made,
        template="report.html",
        members=", ".join(setting.members),
        headline=headline(subject, outcome),
        comparison=None if other is None else _comparison(subject, outcome, other),
        sections=[
            Section("members", "Members", [tables.members(subject, outcome)]),
            Section(
                "classes",
                words.kinds.capitalize(),
                [tables.classes(subject, outcome), tables.confusions(subject, outcome)],
            ),
            _scheme(subject, outcome),
            Section("confidence", "Confidence", [tables.sureness(subject, sure), tables.orders(subject, outcome)]),
            Section(
                "configuration",
                "Configuration",
                sentences=[AS_DATA],
                code=json.dumps(made, indent=2, ensure_ascii=False),
            ),
            provenance(subject, (date or datetime.now(UTC)).astimezone(UTC)),
        ],
    )


def _scheme(subject: Subject, outcome: Outcome) -> Section:
    setting, weights = outcome.setting, tables.weights(subject, outcome)
    return Section(
        "scheme",
        "Weights and combiner",
        [] if weights is None else [weights],
        [sentences.scheme_sentence(setting.weighting, setting.combiner, subject.words)],
        formulas(setting.weighting, setting.combiner),
    )


@dataclass(frozen=True)
class _Comparison:
    """How a setting compares with what is pinned."""

    sentence: str
    table: Table


def _comparison(subject: Subject, outcome: Outcome, other: Outcome) -> _Comparison:
    both = {"this": outcome, "A": other}
    made = tables.against(both, [sentences.scheme(found.setting) for found in both.values()])
    if outcome.setting == other.setting:
        return _Comparison("This setting is A.", made)
    fixed = all(fixed_before(subject, found) for found in both.values())
    found = subject.explorer.compare(other.setting, outcome.setting)
    return _Comparison(f"This setting: {sentences.against(found, exploratory=not fixed)}", made)


def _noted(subject: Subject, figures: Sequence[Drawn]) -> list[Drawn]:
    """Return the figures, with what the shapes of the first mean below it."""
    members = subject.explorer.members
    shapes = ", ".join(f"{glyph_of(members, name)} {name}" for name in members)
    note = f"{LINE} Shapes: {shapes}. Hollow ones are off."
    return [replace(figure, note=note) if figure.key == "line" else figure for figure in figures]
