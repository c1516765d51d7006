"""The whole report, in one string that asks for nothing else."""

import json
from dataclasses import replace
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
from fer_core.reports.html.parts import paragraph, section, text
from fer_core.reports.html.provenance import provenance
from fer_core.reports.html.subject import Subject

LINE = "The upright bar is this setting, the line its 95% interval."
NO_SCRIPT = "Figures need JavaScript; the tables below say the same in numbers."


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
    title = f"{name[0].upper()}{name[1:]}: {words.splits[setting.split]}"
    said = configuration(subject, setting, pin)
    parts = [
        f"<header><h1>{text(title)}</h1>{paragraph(', '.join(setting.members))}</header>",
        headline(subject, outcome),
        "" if other is None else section("a", "Against A", _against(subject, outcome, other)),
        section("figures", "What to see", f"<noscript>{paragraph(NO_SCRIPT)}</noscript>", _grid(subject, figures)),
        section("members", "Members", tables.members(subject, outcome)),
        section(
            "classes", words.kinds.capitalize(), tables.classes(subject, outcome), tables.confusions(subject, outcome)
        ),
        section(
            "scheme",
            "Weights and rule",
            paragraph(sentences.scheme_sentence(setting.weighting, setting.combiner, words)),
            formulas(setting.weighting, setting.combiner),
            tables.weights(subject, outcome),
        ),
        section("confidence", "Confidence", tables.sureness(subject, sure), tables.orders(subject, outcome)),
        section("configuration", "Configuration", _configuration(said)),
        section("provenance", "Provenance", provenance(subject, (date or datetime.now(UTC)).astimezone(UTC))),
    ]
    return page(title, "".join(parts), figures, said)


def _against(subject: Subject, outcome: Outcome, other: Outcome) -> str:
    both = {"this": outcome, "A": other}
    made = tables.against(both, [sentences.scheme(found.setting) for found in both.values()])
    if outcome.setting == other.setting:
        return paragraph("This setting is A.") + made
    fixed = all(fixed_before(subject, found) for found in both.values())
    found = subject.explorer.compare(other.setting, outcome.setting)
    return paragraph(f"This setting: {sentences.against(found, exploratory=not fixed)}") + made


def _grid(subject: Subject, figures: list[Drawn]) -> str:
    members = subject.explorer.members
    shapes = ", ".join(f"{glyph_of(members, name)} {name}" for name in members)
    made = []
    for figure in figures:
        width, note = "half", ""
        if figure.key == "line":
            width, note = "whole", paragraph(f"{LINE} Shapes: {shapes}; hollow ones are off.", "note")
        made.append(
            f'<figure class="{width}"><figcaption>{text(figure.title)}</figcaption>'
            f'<div id="figure-{figure.key}" class="plot" role="img" aria-label="{text(figure.title)}" '
            f'style="height:{figure.height}px"></div>{note}</figure>'
        )
    return f'<div class="grid">{"".join(made)}</div>'


def _configuration(said: dict[str, object]) -> str:
    words = "The same stands in this file as data, in the element with the id “configuration-data”."
    return f"{paragraph(words)}<pre>{text(json.dumps(said, indent=2, ensure_ascii=False))}</pre>"
