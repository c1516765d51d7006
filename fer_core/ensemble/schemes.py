"""The schemes that are told of side by side, and which settings were planned before PrivateTest was scored."""

from collections.abc import Sequence
from dataclasses import dataclass

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Setting
from fer_core.ensemble.weightings import WEIGHTINGS

FOR_EVERY_WEIGHTING = ("mean_probability", "mean_log_probability", "hard_vote")
"""The combiners that are shown under every weighting; the others are under equal weights, to keep the list short."""


def schemes() -> list[tuple[str, str]]:
    """Return weighting and combiner of each scheme, in the registries' order; no weights that a person sets.

    Returns
    -------
    list of (str, str)
        Names of `WEIGHTINGS` and of `COMBINERS`.

    Examples
    --------
    >>> schemes()[:2]
    [('equal', 'mean_probability'), ('equal', 'mean_log_probability')]
    """
    fitted = [name for name, entry in WEIGHTINGS.items() if entry.fit is not None]
    pairs = [(weighting, combiner) for weighting in fitted for combiner in FOR_EVERY_WEIGHTING]
    return pairs + [(fitted[0], combiner) for combiner in COMBINERS if combiner not in FOR_EVERY_WEIGHTING]


LARGE = 2e6
"""Rows x members x classes from which on what is fitted in rounds takes seconds a scheme, out of fold."""
SLOW, TOO_SLOW = 1e8, 1e9
"""The same times classes, from which on a heavy rule takes seconds, and most of a minute."""


@dataclass(frozen=True)
class Paced:
    """Schemes by how long they take, out of fold: within seconds together, seconds each, and too long."""

    quick: list[tuple[str, str]]
    slow: list[tuple[str, str]]
    too_slow: list[tuple[str, str]]


def paced(rows: int, members: int, classes: int) -> Paced:
    """Return `schemes`, in order, by how long they take for so many rows that choose, members and classes."""
    numbers, found = rows * members * classes, Paced([], [], [])
    for weighting, combiner in schemes():
        rule = COMBINERS[combiner]
        steps = numbers * classes if rule.heavy else 0
        rounds = WEIGHTINGS[weighting].joint or rule.fit is not None
        if steps > TOO_SLOW:
            kind = found.too_slow
        else:
            kind = found.slow if steps > SLOW or (rounds and numbers > LARGE) else found.quick
        kind.append((weighting, combiner))
    return found


def scheme_name(weighting: str, combiner: str) -> str:
    """Return what a scheme is called in a sentence: weights and rule, or the rule alone if weights count nothing.

    Parameters
    ----------
    weighting, combiner
        Names of `WEIGHTINGS` and of `COMBINERS`.

    Returns
    -------
    str
        Both titles as `in_text` gives them.

    Raises
    ------
    KeyError
        If there is no such name.

    Examples
    --------
    >>> scheme_name("accuracy", "mean_probability")
    'overall accuracy, mean probability'
    """
    rule = COMBINERS[combiner]
    name = in_text(rule.title)
    return f"{in_text(WEIGHTINGS[weighting].title)}, {name}" if rule.weighs else name


def in_text(title: str) -> str:
    """Return a title as it stands within a sentence; who it is named after keeps a capital.

    Parameters
    ----------
    title
        Of an entry of `WEIGHTINGS` or `COMBINERS`; not empty.

    Returns
    -------
    str
        The same with a small first letter, but for a name.

    Examples
    --------
    >>> in_text("Mean probability"), in_text("Borda count")
    ('mean probability', 'Borda count')
    """
    return title if title.startswith(("Borda", "Dempster")) else title[0].lower() + title[1:]


def planned(setting: Setting, *, everyone: Sequence[str], chosen: Setting) -> bool:
    """Tell whether a setting is one of the two planned ones, which are scored on "test"; any other is exploratory.

    They are the one that is chosen on "valid", and all members at equal weight with mean probability.  Which of them
    is meant does not depend on the order of members, nor on weights that the combiner ignores.

    Parameters
    ----------
    setting
        What is asked about.
    everyone
        All members.
    chosen
        The setting that is best on "valid".

    Returns
    -------
    bool
        False for every setting that is scored on "valid".

    Examples
    --------
    >>> best = Setting(("a",), "accuracy")
    >>> planned(Setting(("b", "a")), everyone=("a", "b"), chosen=best)
    True
    >>> planned(Setting(("b",)), everyone=("a", "b"), chosen=best)
    False
    """
    if setting.split != "test":
        return False
    return _identity(setting) in (_identity(chosen), _identity(Setting(tuple(everyone))))


def _identity(setting: Setting) -> tuple[object, ...]:
    """Return what makes a setting the one it is; weights set by hand are never those of a plan."""
    weighting = setting.weighting if COMBINERS[setting.combiner].weighs or setting.weighting == "manual" else None
    return frozenset(setting.members), weighting, setting.combiner
