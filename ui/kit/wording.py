"""Numbers and sentences as a person reads them."""

from urllib.parse import urlencode

from fer_core.ensemble import Outcome
from fer_core.figures import glyph_of
from fer_core.format import percent
from fer_core.reports import sentences
from fer_core.reports.markdown import significant, verdict
from fer_core.reports.sentences import beside, number
from fer_core.terminology import FER, Words
from ui.data.artifacts import Loaded, planned
from ui.session.choice import Choice

__all__ = [
    "beside",
    "caution",
    "glyph",
    "home_sentence",
    "home_title",
    "number",
    "scheme_sentence",
]


def glyph(loaded: Loaded, member: str) -> str:
    """Return a member's shape."""
    return glyph_of(loaded.members, member)


def caution(loaded: Loaded, choice: Choice, out_of_fold: float | None) -> str:
    """Say in one line what the shown figures are worth.

    out_of_fold : accuracy of the fitted weights on PublicTest images that they were not fitted on, if there is one
    """
    fixed = planned(loaded, choice)
    return sentences.caution(choice.split, fixed=fixed, out_of_fold=out_of_fold, words=loaded.words)


def scheme_sentence(choice: Choice, words: Words = FER) -> str:
    """Say how members are weighed and combined, and where that comes from."""
    return sentences.scheme_sentence(choice.weighting, choice.combiner, words)


def home_title(outcome: Outcome) -> str:
    """Say what the chosen ensemble shows, or ask what it does not show."""
    shows = len(outcome.setting.members) > 1 and significant(outcome.gain, outcome.mcnemar.p)
    return "An ensemble beats its best network" if shows else "Does an ensemble beat its best network?"


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
            f"{test.only_second} times. {verdict(outcome.gain, test.p)}"
        )
    return " ".join(parts)


def limits_link(choice: Choice, anchor: str) -> str:
    """Return the address of a section of the page Limits for a link on another page.

    It carries the visitor's choice: the frame writes that into any address without it, and the browser then forgets
    the anchor.
    """
    return f"limits?{urlencode(choice.to_query())}#{anchor}"
