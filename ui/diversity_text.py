"""Words of the page Who adds what."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.ensemble.decomposition import LOSSES
from fer_core.ensemble.independent import Independent
from fer_core.markdown import percent, points
from ui.choice import Choice
from ui.diversity import Family, Found, Game
from ui.headline import big, fact

TIED = 1e-9


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
    who = " and ".join(tied) if len(tied) < 3 else f"{len(tied)} members"
    return who, len(tied) > 1, end


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


def caution(choice: Choice) -> str:
    """Say what the figures of this page are worth."""
    if choice.split == "valid":
        return "PublicTest chose the members' epochs and the fitted weights, so its figures flatter."
    return (
        "To learn from: whoever switches a member on or off because of a figure here has chosen on the test set, "
        "and what the ensemble then reaches on PrivateTest is exploratory."
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
    " Under this rule the true emotion may get no share at all, so there is no likelihood; accuracy is shown."
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
confusions and its probabilities, but errs on other images than the others. Weights, and what a rule has learned,
stay as they are.
This is a reference, not a bound: by choice, members could err together even less than by chance.

**At least one right**: what somebody would reach who always knew whom to believe (the oracle). No rule that follows
some member on each image can be above it; a mean can, in principle, be right where no member is.
"""


def independent_title(found: Found, other: Independent) -> str:
    """Say how far the members are from independent ones."""
    gap = other.mean - found.outcome.accuracy
    if gap > 0:
        return f"Erring independently, they would reach {percent(other.mean)}%:<br>{points(gap)} points on what they do"
    return f"Erring independently, they would reach {percent(other.mean)}%,<br>no more than they do"


def why_no_decomposition(choice: Choice, scalar: bool) -> str | None:
    """Return why the loss cannot be taken apart under this scheme, None if it can."""
    title = COMBINERS[choice.combiner].title.lower()
    if choice.combiner not in LOSSES:
        rules = " and ".join(COMBINERS[name].title.lower() for name in LOSSES)
        return (
            f"The rule {title} is no mean that belongs to a loss, so nothing adds up exactly; choose one of {rules}, "
            "with one weight a member."
        )
    if not scalar:
        return (
            f"{WEIGHTINGS[choice.weighting].title} weighs members differently for each emotion, so nothing adds up "
            "exactly; choose weights that are the same for every emotion, such as equal ones."
        )
    return None


def shuffles(found: Found, other: Independent) -> str:
    """Say what two rows of the references are."""
    low, high = other.range
    return (
        f"Independent: the mean of {len(other.accuracies)} shuffles, which reach {percent(low)} to {percent(high)}%. "
        f"{found.names[found.best]} is the one of these members that is best on PublicTest."
    )


NO_FAMILY = "No family has five seeds, so bias and variance cannot be told apart."


def seeds(family: Family) -> str:
    """Say what a family's loss is made of."""
    found, many = family.found, len(family.names)
    return (
        f"{family.architecture}, {many} seeds: a mean Brier score of {found.loss:.3f} is bias {found.bias:.3f}, which "
        f"holds the noise of the labels, and variance {found.variance:.3f}, of which an ensemble of {many} keeps "
        f"{found.variance / many:.3f}."
    )
