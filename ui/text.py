"""Numbers and sentences as a person reads them."""

import math

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Outcome, in_text
from fer_core.figures import glyph_of
from fer_core.markdown import p_value, percent, points
from fer_core.words import FER, Words
from ui.choice import Choice
from ui.load import Loaded

SPLIT_NAMES = {"test": "PrivateTest", "valid": "PublicTest"}


def number(value: float, digits: int = 3) -> str:
    """Return a number, or a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def glyph(loaded: Loaded, member: str) -> str:
    """Return a member's shape."""
    return glyph_of(loaded.members, member)


def beside(outcome: Outcome) -> str:
    """Say in a few words how the big number stands to the best member."""
    best = outcome.best_member
    if outcome.setting.members == (best,):
        return f"{best} alone, the best member"
    return f"{points(outcome.gain, 2)} points on {best}, the best member"


def planned(loaded: Loaded, choice: Choice) -> bool:
    """Tell whether a setting was fixed without looking at PrivateTest: all members, or the one chosen on PublicTest."""
    if choice.split != "test" or choice.weighting == "manual":
        return False
    chosen = loaded.chosen.setting
    is_chosen = (choice.members, choice.weighting, choice.combiner) == (
        chosen.members,
        chosen.weighting,
        chosen.combiner,
    )
    return is_chosen or choice.members == loaded.members


def caution(loaded: Loaded, choice: Choice, out_of_fold: float | None) -> str:
    """Say in one line what the shown figures are worth.

    out_of_fold : accuracy of the fitted weights on PublicTest images that they were not fitted on, if there is one
    """
    words = loaded.words
    if choice.split == "valid":
        fair = "" if out_of_fold is None else f" Weights refitted out of fold: {percent(out_of_fold)}%."
        epochs = "" if loaded.alone else ", the epochs"
        chose = f"the best member{epochs} and the fitted weights"
        return f"{words.valid} chose {chose}, so its figures flatter.{fair}"
    if planned(loaded, choice):
        return f"This setting was fixed without a look at {words.test}, so its p-value can be taken as it is."
    return f"Exploratory: this setting was picked with {words.test} in view, so its p-value is no proof."


def scheme_sentence(choice: Choice, words: Words = FER) -> str:
    """Say how members are weighed and combined, and where that comes from."""
    weighting, rule = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
    if not rule.weighs:
        return words.put(f"{rule.title} ({rule.source}): {rule.description}")
    return words.put(
        f"{rule.title} ({rule.source}), {in_text(weighting.title)} weights ({weighting.source}): "
        f"{weighting.description} {rule.description}"
    )


def change_sentence(now: Outcome, before: Choice | None, previous: Outcome | None, words: Words = FER) -> str:
    """Say what changed against the setting shown before."""
    if before is None or previous is None:
        return "Change a member or a weight to see the difference here."
    same = (before.split, before.twins) == (now.setting.split, now.setting.twins)
    if not same:
        return f"Before: {percent(previous.accuracy)}%, on other {words.items}."
    gain = points(now.accuracy - previous.accuracy, 2)
    return f"{gain} points against the last setting ({percent(previous.accuracy)}%)."


def home_sentence(outcome: Outcome, without_twins: Outcome) -> str:
    """Say how the headline was chosen and how sure it is.

    without_twins : the same setting on the images that have no twin in Training
    """
    (low, high), test, best = outcome.interval, outcome.mcnemar, outcome.best_member
    parts = [
        f"of PrivateTest right (95% interval {percent(low)} to {percent(high)}; {percent(without_twins.accuracy)}% "
        f"without the {outcome.n - without_twins.n} images that have a twin in Training), with "
        f"{', '.join(outcome.setting.members)}. Members and scheme were chosen on PublicTest alone."
    ]
    if outcome.setting.members != (best,):
        parts.append(
            f"Where the ensemble and {best} differ, the ensemble is right {test.only_first} times and {best} "
            f"{test.only_second} times (exact McNemar p {p_value(test.p)})."
        )
    return " ".join(parts)
