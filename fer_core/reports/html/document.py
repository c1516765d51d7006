"""The whole report, in one string that asks for nothing else, beginning with the number that matters."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Outcome, Setting, out_of_fold_accuracy, planned
from fer_core.figures import glyph_of
from fer_core.format import interval, p_value, percent, points
from fer_core.metrics import reliability
from fer_core.reports import sentences
from fer_core.reports.html import tables
from fer_core.reports.html.drawn import Drawn, drawn
from fer_core.reports.html.page import formulas, page, paragraph, section, text
from fer_core.reports.html.subject import Subject, configuration
from fer_core.reports.html.tables import provenance
from fer_core.reports.sentences import number


def headline(subject: Subject, outcome: Outcome) -> str:
    """Return the accuracy of a setting, how sure it is, and what it is worth."""
    setting, words, fair = outcome.setting, subject.words, out_of_fold(subject, outcome)
    fixed = fixed_before(subject, outcome)
    facts = [("95% interval, %", interval(outcome.interval)), *_twins(subject, outcome)]
    if setting.members != (outcome.best_member,):
        facts.append((f"points on {outcome.best_member}, the best member", points(outcome.gain, 2)))
        exploratory = "" if fixed else ", exploratory"
        facts.append((f"exact McNemar p against it{exploratory}", p_value(outcome.mcnemar.p)))
    facts += [
        ("macro-F1, %", percent(outcome.macro_f1)),
        ("calibration error, %", percent(outcome.ece)),
        ("log loss, nats", number(outcome.nll)),
        ("Brier score, 0 to 2", number(outcome.brier)),
    ]
    if fair is not None:
        facts.append((f"{words.valid}, out of fold, %", percent(fair)))
    return (
        '<section id="headline" aria-label="Result">'
        f'<p class="big"><b>{percent(outcome.accuracy)}<small> %</small></b> '
        f"<span>{text(sentences.beside(outcome))}</span></p>"
        f"{_list(facts)}{paragraph(sentences.right_sentence(outcome, words))}"
        f"{paragraph(sentences.caution(setting.split, fixed=fixed, out_of_fold=fair, words=words))}</section>"
    )


def fixed_before(subject: Subject, outcome: Outcome) -> bool:
    """Tell whether a setting is one of the two planned ones."""
    return planned(outcome.setting, everyone=subject.explorer.members, chosen=subject.chosen)


def out_of_fold(subject: Subject, outcome: Outcome) -> float | None:
    """Return what a scheme that is fitted reaches on the rows that it is fitted on, out of fold; None for others."""
    setting = outcome.setting
    weighting, rule = WEIGHTINGS[setting.weighting], COMBINERS[setting.combiner]
    if weighting.fit is None or not ((weighting.fitted and rule.weighs) or rule.fit is not None):
        return None
    return out_of_fold_accuracy(subject.explorer, setting.members, setting.weighting, setting.combiner)


def _twins(subject: Subject, outcome: Outcome) -> list[tuple[str, str]]:
    if not subject.twins:
        return []
    setting = outcome.setting
    other = subject.explorer.recompute(replace(setting, twins=not setting.twins))
    name = f"{'without' if setting.twins else 'with'} {abs(outcome.n - other.n):,} twins of Training, %"
    return [(name, f"{percent(other.accuracy)} ({interval(other.interval)})")]


def _list(facts: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>' for name, value in facts)}</dl>"


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
