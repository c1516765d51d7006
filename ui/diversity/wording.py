"""Words of the page Who adds what."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.ensemble.analysis.decomposition import LOSSES
from fer_core.ensemble.analysis.diversity import MEASURES, Independent
from fer_core.format import percent, points
from fer_core.terminology import FER, Words
from ui.data.artifacts import Loaded
from ui.diversity.data import Family, Found, Game
from ui.kit.headline import big, fact
from ui.kit.labels import IN_TITLE, beginning
from ui.session.choice import Choice

TIED = 1e-9
PAIR = 24
"""Most letters of two names in a line of a figure's title."""


def signed(value: float, digits: int) -> str:
    """Return a number with its sign, a true minus, and none for what rounds to zero; a dash where there is none."""
    if np.isnan(value):
        return "–"
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def plain(value: float, digits: int) -> str:
    """Return a number without a plus."""
    return signed(value, digits).removeprefix("+")


def first_of(names: Sequence[str], values: NDArray[np.float64], *, most: bool = True) -> tuple[str, bool, float]:
    """Return who has the most (or the least), whether they are several, and how much it is."""
    end = float(np.nanmax(values) if most else np.nanmin(values))
    tied = [name for name, value in zip(names, values, strict=True) if abs(value - end) <= TIED]
    who = " and ".join(map(beginning, tied))
    who = f"{len(tied)} members" if len(tied) > 2 or (len(tied) == 2 and len(who) > PAIR) else who
    return who, len(tied) > 1, end


def pair_of(first: str, second: str) -> str:
    """Return the names of two members as they fit into a title on a phone."""
    most = IN_TITLE if len(first) + len(second) <= PAIR else PAIR // 2 - 3
    return f"{beginning(first, most)}, {beginning(second, most)}"


def rows_of(glyphs: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return each member's shape and name, as they stand beside a row."""
    return [f"{glyph} {beginning(name)}" for glyph, name in zip(glyphs, names, strict=True)]


def headline(found: Found) -> str:
    """Return the number that matters as HTML: how far the ensemble is above its mean member."""
    outcome, gain = found.outcome, found.outcome.accuracy - found.mean
    best = found.names[found.best]
    words = f"the ensemble ({percent(outcome.accuracy)}%) against its mean member ({percent(found.mean)}%)"
    facts = [
        fact("ensemble, %", percent(outcome.accuracy)),
        fact("mean member, %", percent(found.mean)),
        fact(f"{best} alone, %", percent(found.own[found.best])),
        fact("most members right, %", percent(found.most_right)),
        fact("at least one right, %", percent(found.some_right)),
        fact("all wrong, %", percent(1 - found.some_right)),
    ]
    return big(points(gain), words, unit=" points") + f'<div class="fer-facts">{"".join(facts)}</div>'


def caution(loaded: Loaded, choice: Choice) -> str:
    """Say what the figures of this page are worth."""
    if choice.split == "valid" and loaded.alone:
        return f"{loaded.words.valid} chose the fitted weights, so its figures are optimistic."
    if choice.split == "valid":
        epochs = "the epochs of all members but yours" if loaded.extras else "the members' epochs"
        return f"PublicTest chose {epochs} and the fitted weights, so its figures are optimistic."
    return (
        "A figure to learn from: whoever switches a member on or off because of it has chosen on the test set, and "
        f"what the ensemble then reaches on {loaded.words.test} is exploratory."
    )


def beside(found: Found, a: Found, name: str) -> str:
    """Return what A and the present setting gain, and how far their members differ, as a table; name : of a measure."""
    measure = MEASURES[name]
    scale, digits, unit = (100, 1, ", %") if measure.share else (1, 2, "")
    rows = {
        "ensemble, %": [100 * each.outcome.accuracy for each in (a, found)],
        "mean member, %": [100 * each.mean for each in (a, found)],
        "gain, points": [100 * (each.outcome.accuracy - each.mean) for each in (a, found)],
        "at least one right, %": [100 * each.some_right for each in (a, found)],
        f"{measure.title.lower()}{unit}": [scale * each.apart(name) for each in (a, found)],
    }
    lines = ["| | A | this | this − A |", "| --- | ---: | ---: | ---: |"]
    for title, (first, second) in rows.items():
        places = digits if measure.title.lower() in title else 1
        numbers = [plain(first, places), plain(second, places), signed(second - first, places)]
        lines.append(f"| {title} | {' | '.join(numbers)} |")
    return "\n".join(lines)


def gains_by(found: Found, a: Found) -> str:
    """Say whether the present setting's lead on A, or what it lacks, comes of better members or of differing."""
    lead = found.outcome.accuracy - a.outcome.accuracy
    better, differing = found.mean - a.mean, lead - (found.mean - a.mean)
    return (
        f"This setting is {points(lead, 2)} points over A: {points(better, 2)} by its mean member, "
        f"{points(differing, 2)} by what the members gain together. Last row: the mean over all pairs of members."
    )


def sums(game: Game) -> str:
    """Say what the shares add up to."""
    unit, values = game.unit, game.values
    whole, empty = (plain(float(value), unit.digits) for value in (values[-1], values[0]))
    total = plain(float(values[-1] - values[0]), unit.digits)
    if unit.name == "points":
        return f"The Shapley values add up to {total} points: {whole}% of the whole less {empty}% of a uniform guess."
    return (
        f"The Shapley values add up to {total} nats: a mean log-likelihood of {whole} of the whole less {empty} of a "
        "uniform guess."
    )


NO_LIKELIHOOD = (
    " This combiner may give the true emotion no probability at all, so there is no likelihood. Accuracy is shown."
)

ADDS = """
**Shapley value**: what a member adds when it joins, averaged over all orders in which the members can join. Nearly all
of it comes from joining first, when there is only a guess, so bars show what sets members apart.

**Banzhaf value**: what it adds to a subset of the others, averaged over all subsets alike.

**Leave one out**: what the whole loses without it.  Below zero, the whole would be better without.
"""

SYNERGY = """
**Interaction**: what two members add together beyond what each adds alone, averaged over the ensembles of the others as
a Shapley value is. Below zero, each does in part what the other does already; above zero, each helps more where the
other is.

The first term of the index, where nobody is there yet, is left out of the picture: against a guess any two members say
mostly the same. The pointer shows the index with it; of two members alone there is no other term.
"""

INDEPENDENT = """
**Independent members**: each member's outputs are shuffled among the images of the same true emotion. It keeps its
confusions and its probabilities, but makes different errors. Weights, and what a combiner has learned, stay as they
are.
This is a reference, not a bound: by choice, members could err together even less than by chance.

**At least one right**: what somebody would reach who always knew which member to follow (the oracle). No combiner that
follows one member on each image can be above it. A mean can, in principle, be right where no member is.
"""


def independent_title(found: Found, other: Independent) -> str:
    """Say how far the members are from independent ones."""
    gap = other.mean - found.outcome.accuracy
    if gap > 0:
        return (
            f"Erring independently, they would reach {percent(other.mean)}%:<br>{points(gap)} points more than they do"
        )
    return f"Erring independently, they would reach {percent(other.mean)}%,<br>no more than they do"


def why_no_decomposition(choice: Choice, scalar: bool, words: Words = FER) -> str | None:
    """Return why the loss cannot be taken apart under this scheme, None if it can."""
    title = COMBINERS[choice.combiner].title.lower()
    if choice.combiner not in LOSSES:
        rules = " and ".join(COMBINERS[name].title.lower() for name in LOSSES)
        return (
            f"The combiner {title} is not the mean that belongs to a loss, so nothing adds up exactly. Choose one of "
            f"{rules}, "
            "with one weight a member."
        )
    if not scalar:
        return (
            f"{WEIGHTINGS[choice.weighting].title} weights members differently for each {words.kind}, so nothing adds "
            f"up exactly. Choose weights that are the same for every {words.kind}, such as equal ones."
        )
    return None


def shuffles(found: Found, other: Independent) -> str:
    """Say what two rows of the references are."""
    low, high = other.range
    return (
        f"Independent: the mean of {len(other.accuracies)} shuffles, which reach {percent(low)} to {percent(high)}%. "
        f"{found.names[found.best]} is the one of these members that is best on {found.words.valid}."
    )


NO_FAMILY = "No family has five seeds, so bias and variance cannot be separated."
NO_CARDS = "Which of these members differ only in the seed is not known, so bias and variance cannot be separated."


def seeds(family: Family) -> str:
    """Say what a family's loss is made of."""
    found, many = family.found, len(family.names)
    return (
        f"{family.architecture}, {many} seeds: a mean Brier score of {found.loss:.3f} is bias {found.bias:.3f}, which "
        f"holds the noise of the labels, and variance {found.variance:.3f}, of which an ensemble of {many} keeps "
        f"{found.variance / many:.3f}."
    )
