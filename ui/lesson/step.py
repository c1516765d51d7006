"""What one step of the lesson is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from fer_core.format import points
from ui.data.artifacts import Loaded


@dataclass(frozen=True)
class Mark:
    """One row of a step's picture: values to compare the guess with, in the unit of the step.

    name : what it is; values : one, or one of each member or subset; span : from where to where it may be
    symbols : a shape for each value, none for dots; show : whether a single value is written beside the name
    """

    name: str
    values: tuple[float, ...] = ()
    span: tuple[float, float] | None = None
    symbols: tuple[str, ...] = ()
    show: bool = True


@dataclass(frozen=True)
class Asked:
    """What a step says before the answer: at most two sentences, and what may be known by then.

    why_not : the one sentence that stands in for a step that makes no sense for these members
    """

    question: str = ""
    marks: tuple[Mark, ...] = ()
    why_not: str | None = None


@dataclass(frozen=True)
class Told:
    """The answer of a step: the truth in its unit, what it is the truth of, further rows, and one sentence to learn.

    flag : said of what was chosen or fitted on the test set
    """

    truth: float
    said: str
    lesson: str
    marks: tuple[Mark, ...] = ()
    flag: str | None = None


@dataclass(frozen=True)
class Step:
    """One step: a title that asks, what is guessed in which unit, and how to ask and to tell.

    signed : whether a guess has a sign, as a gain has; exact : digits that the truth is told with
    in_hundred : whether the picture shows a hundred cases rather than a line
    """

    title: str
    label: str
    unit: str
    ask: Callable[[Loaded], Asked]
    tell: Callable[[Loaded], Told]
    signed: bool = False
    exact: int = 1
    in_hundred: bool = False

    def text(self, value: float, digits: int | None = None) -> str:
        """Return a guess or a truth as a person reads it, without its unit."""
        digits = self.exact if digits is None else digits
        return points(value / 100, digits) if self.signed else f"{value:.{digits}f}"

    def verdict(self, guess: float, truth: float) -> str:
        """Say how far the guess is from the truth."""
        away = f"{abs(guess - truth):.{self.exact}f}"
        if float(away) == 0:
            return "you guessed exactly that"
        return (
            f"you guessed {away} {'point' if float(away) == 1 else 'points'} too {'high' if guess > truth else 'low'}"
        )


def beside(difference: float, what: str) -> str:
    """Say where a share stands that differs from another, called `what`, by `difference`."""
    away = points(abs(difference)).lstrip("+")
    if float(away) == 0:
        return f"level with {what}"
    return f"{away} points {'above' if difference > 0 else 'below'} {what}"


def only_one(loaded: Loaded) -> Asked | None:
    """Return what a step says that needs several members, where there is only one; else None."""
    if len(loaded.members) > 1:
        return None
    return Asked(why_not=f"{loaded.members[0]} is the only network here, so there is nothing to combine.")


def weakest(loaded: Loaded) -> str:
    """Return the member that is worst on PublicTest, the first of several."""
    return min(loaded.members, key=loaded.explorer.valid_accuracy.__getitem__)


def everyone(loaded: Loaded) -> str:
    """Name all members together."""
    return "both networks" if len(loaded.members) == 2 else f"all {len(loaded.members)} networks"
