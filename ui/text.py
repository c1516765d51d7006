"""Numbers and sentences as a person reads them."""

import math

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Outcome, in_text
from fer_core.markdown import p_value, percent
from ui.choice import Choice
from ui.load import Loaded

SPLIT_NAMES = {"test": "PrivateTest", "valid": "PublicTest"}
GLYPHS = "●■◆▲▼✚✖★⬟"
"""A shape for each member, in order; figures use the same ones."""


def points(share: float, digits: int = 1) -> str:
    """Return a difference of shares in points, with its sign; a true minus, and no sign for what rounds to zero."""
    text = f"{100 * share:+.{digits}f}".replace("-", "−")
    return text[1:] if float(f"{100 * share:.{digits}f}") == 0 else text


def number(value: float, digits: int = 3) -> str:
    """Return a number, or a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def glyph(loaded: Loaded, member: str) -> str:
    """Return a member's shape."""
    return GLYPHS[loaded.members.index(member) % len(GLYPHS)]


def shown(outcome: Outcome) -> str:
    """Name what is scored: the one member that is on, or the ensemble."""
    members = outcome.setting.members
    return members[0] if len(members) == 1 else "the ensemble"


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
    if choice.split == "valid":
        fair = "" if out_of_fold is None else f" Weights refitted out of fold: {percent(out_of_fold)}%."
        return "PublicTest chose the best member, the epochs and the fitted weights, so its figures flatter." + fair
    if planned(loaded, choice):
        return "This setting was fixed without a look at PrivateTest, so its p-value can be taken as it is."
    return "Exploratory: this setting was picked with PrivateTest in view, so its p-value is no proof."


def scheme_sentence(choice: Choice) -> str:
    """Say how members are weighed and combined, and where that comes from."""
    weighting, rule = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
    if not rule.weighs:
        return f"{rule.title} ({rule.source}): {rule.description}"
    return (
        f"{rule.title} ({rule.source}), {in_text(weighting.title)} weights ({weighting.source}): "
        f"{weighting.description} {rule.description}"
    )


def change_sentence(now: Outcome, before: Choice | None, previous: Outcome | None) -> str:
    """Say what changed against the setting shown before."""
    if before is None or previous is None:
        return "Change a member or a weight to see the difference here."
    same = (before.split, before.twins) == (now.setting.split, now.setting.twins)
    if not same:
        return f"Before: {percent(previous.accuracy)}%, on other images."
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
