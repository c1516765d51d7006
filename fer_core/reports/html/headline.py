"""The number that matters, with everything that makes it honest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Outcome, out_of_fold_accuracy, planned
from fer_core.format import interval, p_value, percent, points
from fer_core.reports import sentences
from fer_core.reports.html.subject import Subject
from fer_core.reports.sentences import number


@dataclass(frozen=True)
class Headline:
    """The accuracy in percent, how it stands beside the best member, named facts, and sentences."""

    accuracy: str
    beside: str
    facts: Sequence[tuple[str, str]]
    sentences: Sequence[str]


def headline(subject: Subject, outcome: Outcome) -> Headline:
    """Return the accuracy of a setting, how sure it is, and what it is worth."""
    setting, words, fair = outcome.setting, subject.words, out_of_fold(subject, outcome)
    fixed = fixed_before(subject, outcome)
    facts = [("95% interval, %", interval(outcome.interval)), *_twins(subject, outcome)]
    if setting.members != (outcome.best_member,):
        facts.append((f"points over {outcome.best_member}, the best member", points(outcome.gain, 2)))
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
    return Headline(
        percent(outcome.accuracy),
        sentences.beside(outcome),
        facts,
        [
            sentences.right_sentence(outcome, words),
            sentences.caution(setting.split, fixed=fixed, out_of_fold=fair, words=words),
        ],
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
