"""What figures of a setting are worth, in the sentences that pages and reports share."""

import math

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Comparison, Outcome, Setting, in_text
from fer_core.format import p_value, percent, points
from fer_core.terminology import FER, Words


def number(value: float, digits: int = 3) -> str:
    """Return a number, or a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def beside(outcome: Outcome) -> str:
    """Say in a few words how the accuracy stands to the best member's."""
    best = outcome.best_member
    if outcome.setting.members == (best,):
        return f"{best} alone, the best member"
    return f"{over(outcome.gain)} {best}, the best member"


def over(gain: float) -> str:
    """Say by how many points something is over or below what is named next."""
    return f"{points(gain, 2)} points over" if gain >= 0 else f"{points(-gain, 2).lstrip('+')} points below"


def right_sentence(outcome: Outcome, words: Words = FER) -> str:
    """Say how many images are right, and on how many just one of the ensemble and the best member is."""
    best, test = outcome.best_member, outcome.mcnemar
    right = f"{outcome.correct:,} of {outcome.n:,} {words.splits[outcome.setting.split]} {words.items} are right."
    if outcome.setting.members == (best,):
        return right
    return f"{right} Only {outcome.called} is right on {test.only_first:,}, only {best} on {test.only_second:,}."


def caution(split: str, *, fixed: bool, out_of_fold: float | None = None, words: Words = FER) -> str:
    """Say in one line what the figures of a setting are worth on "valid" or "test".

    fixed : whether it is one of the two planned ones, as `fer_core.ensemble.schemes` tells
    out_of_fold : accuracy of what is fitted on images of "valid" that it was not fitted on, if there is one
    """
    if split == "valid":
        fair = "" if out_of_fold is None else f" Weights refitted out of fold: {percent(out_of_fold)}%."
        chose = f"the best member{', the epochs' if words is FER else ''} and the fitted weights"
        return f"{words.valid} chose {chose}, so its figures are optimistic.{fair}"
    if fixed:
        return f"This setting was fixed without looking at {words.test}, so its p-value holds as it is."
    return f"Exploratory: this setting was picked with {words.test} in view, so its p-value proves nothing."


def scheme_sentence(weighting: str, combiner: str, words: Words = FER) -> str:
    """Say how members are weighed and combined, and where that comes from."""
    weights, rule = WEIGHTINGS[weighting], COMBINERS[combiner]
    if not rule.weighs:
        return words.put(f"{rule.title} ({rule.source}): {rule.description}")
    return words.put(
        f"{rule.title} ({rule.source}), {in_text(weights.title)} weights ({weights.source}): "
        f"{weights.description} {rule.description}"
    )


def scheme(setting: Setting) -> str:
    """Name a setting: how many members, which weights, which combiner."""
    members = len(setting.members)
    who = setting.members[0] if members == 1 else f"{members} members"
    rule = COMBINERS[setting.combiner]
    weights = f"{in_text(WEIGHTINGS[setting.weighting].title)} weights, " if rule.weighs else ""
    return f"{who}, {weights}{in_text(rule.title)}"


def p_words(p: float, *, exploratory: bool) -> str:
    """Return an exact McNemar p as it stands in a sentence, marked where it belongs to no planned setting."""
    return f"exact McNemar p {p_value(p)}{', exploratory' if exploratory else ''}"


def p_name(*, exploratory: bool) -> str:
    """Return what a p-value is called where it stands by itself."""
    return "p, exploratory" if exploratory else "McNemar p"


def against(found: Comparison, *, exploratory: bool) -> str:
    """Say what a setting gains over the one that was pinned as A; the interval is that of a paired bootstrap.

    exploratory : whether one of the two is no planned setting
    """
    low, high = found.interval
    return (
        f"{points(found.gain, 2)} points over A (95% {points(low)} to {points(high)}, paired bootstrap; "
        f"{p_words(found.mcnemar.p, exploratory=exploratory)})."
    )
