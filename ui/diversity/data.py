"""What the page Who adds what shows, computed once for each scheme and images."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import Outcome, Setting
from fer_core.ensemble.analysis.decomposition import BiasVariance, bias_variance, families
from fer_core.ensemble.analysis.diversity import MEASURES, Independent, independent, pairs
from fer_core.ensemble.decision import log_softmax
from fer_core.ensemble.subsets.every import EverySubset, every_subset, most_members, not_for_every_subset
from fer_core.ensemble.subsets.tally import ADDITIVE
from fer_core.terminology import Words
from ui.data.artifacts import Loaded
from ui.kit.wording import glyph
from ui.session.cache import cached
from ui.session.choice import Choice
from ui.session.pin import Pin

Array = NDArray[np.float64]
SHUFFLES, FEWER = 20, 3
"""How often members are made independent: of few under a rule that sums, and where it takes longer."""


@dataclass(frozen=True, eq=False)
class Found:
    """The members that are on, in order, and their ensemble, on the images that are shown.

    glyphs : each member's shape; own : each member's accuracy, shares float64 [M]; best : the one that is best on
    PublicTest; predicted : what each member decides, int64 [M,N]; right : whether it is right, bool [M,N]
    rows : members for which figures have room, so that nothing below them moves when one is switched
    classes : how many; words : what rows and classes are called
    """

    names: tuple[str, ...]
    glyphs: tuple[str, ...]
    outcome: Outcome
    own: Array
    best: int
    predicted: NDArray[np.int64]
    right: NDArray[np.bool_]
    rows: int
    classes: int
    words: Words

    @property
    def mean(self) -> float:
        """The members' mean accuracy, a share."""
        return float(self.own.mean())

    @property
    def some_right(self) -> float:
        """The share of images that at least one member gets right: the oracle's accuracy."""
        return float(self.right.any(axis=0).mean())

    @property
    def most_right(self) -> float:
        """The share of images that more than half of the members get right."""
        return float((2 * self.right.sum(axis=0) > len(self.names)).mean())

    def apart(self, measure: str) -> float:
        """How two members differ by one of `MEASURES`, the mean over all pairs that have it; NaN where none has."""
        told = [value for _, _, value in pairs(MEASURES[measure].of(self.right)) if not math.isnan(value)]
        return sum(told) / len(told) if told else math.nan


def find(loaded: Loaded, choice: Choice) -> Found:
    """Gather what is shown of the members that are on."""
    return found_of(loaded, choice.setting())


def pinned(loaded: Loaded, choice: Choice) -> Found | None:
    """Gather the same of what is pinned as A, None where nothing is or where it is the choice itself."""
    if choice.pin is None or choice.pin == Pin.of(choice.setting()):
        return None
    return found_of(loaded, choice.pin.setting(choice.split, twins=choice.twins))


def found_of(loaded: Loaded, setting: Setting) -> Found:
    """Gather what is shown of a setting."""
    explorer, names = loaded.explorer, setting.members
    part, at = explorer.part(setting.split, twins=setting.twins), explorer.positions(names)
    outcome = explorer.recompute(setting)
    own = np.array([outcome.member_accuracy[name] for name in names])
    best = max(range(len(names)), key=lambda i: explorer.valid_accuracy[names[i]])
    rows = max(len(loaded.members), 5)
    shapes = tuple(glyph(loaded, name) for name in names)
    return Found(
        names=names,
        glyphs=shapes,
        outcome=outcome,
        own=own,
        best=best,
        predicted=part.predicted[at],
        right=part.right[at],
        rows=rows,
        classes=len(explorer.classes),
        words=loaded.words,
    )


@dataclass(frozen=True)
class Unit:
    """What a value is counted in.

    scale, digits, name : of a number in words or beside a bar; small, small_digits, small_name : of one in a cell
    """

    scale: float
    digits: int
    name: str
    small: float
    small_digits: int
    small_name: str


POINTS = Unit(100, 2, "points", 1, 1, "points")
NATS = Unit(1, 3, "nats", 1000, 0, "thousandths of a nat")


@dataclass(frozen=True, eq=False)
class Game:
    """The worth of every subset of the members that are on, in points or in nats.

    values : float64 [2^M], the empty ensemble's first; names, glyphs : of the M members, in order; rows : see `Found`
    """

    names: tuple[str, ...]
    glyphs: tuple[str, ...]
    values: Array
    unit: Unit
    rows: int


def why_no_game(loaded: Loaded, choice: Choice) -> str | None:
    """Return why nobody's share can be told under this scheme, None if it can."""
    most = most_members(loaded.explorer)
    if len(choice.members) > most:
        s = "s" if most > 1 else ""
        return (
            f"Exact contributions are shown for at most {most} member{s}. {len(choice.members)} are on, so switch some "
            "off."
        )
    if why := not_for_every_subset(choice.weighting, choice.combiner):
        return (
            f"{why}, so each of the {2 ** len(choice.members):,} ensembles of these members would have to be fitted "
            f"again. Contributions are not shown here."
        )
    return None


def has_likelihood(choice: Choice) -> bool:
    """Tell whether every ensemble under the present rule gives every emotion some probability."""
    return ADDITIVE[choice.combiner].log_share is not None


def game(loaded: Loaded, choice: Choice, found: Found) -> Game:
    """Return what every subset of the members is worth: likelihood where it is asked for and there is one."""
    likely = choice.diversity.worth == "likelihood" and has_likelihood(choice)
    scores = _every_subset(loaded, choice.setting(), likely)
    logs = scores.log_likelihood
    rows = min(found.rows, most_members(loaded.explorer))
    if likely and logs is not None:
        return Game(found.names, found.glyphs, logs, NATS, rows)
    return Game(found.names, found.glyphs, POINTS.scale * scores.accuracy, POINTS, rows)


@cached(entries=128)
def _every_subset(loaded: Loaded, setting: Setting, likelihood: bool) -> EverySubset:
    return every_subset(loaded.explorer, setting, likelihood=likelihood)


def if_independent(loaded: Loaded, choice: Choice) -> Independent:
    """Return what the members would reach if each erred by itself."""
    return _independent(loaded, choice.setting())


@cached(entries=256)
def _independent(loaded: Loaded, setting: Setting) -> Independent:
    quick = setting.combiner in ADDITIVE and len(setting.members) <= most_members(loaded.explorer)
    repeats = SHUFFLES if quick else FEWER
    return independent(loaded.explorer, setting, repeats=repeats)


@dataclass(frozen=True)
class Family:
    """Members that differ in nothing but the seed, and their loss taken apart."""

    names: tuple[str, ...]
    architecture: str
    found: BiasVariance


def seed_families(loaded: Loaded, choice: Choice) -> list[Family]:
    """Return every family of enough seeds, among the members and beside them, on the images that are shown."""
    part = loaded.explorer.part(choice.split, twins=choice.twins)
    found = [
        Family(
            names,
            loaded.cards[names[0]].architecture,
            bias_variance(part.probabilities[loaded.explorer.positions(names)], part.labels),
        )
        for names in families(loaded.cards)
    ]
    beside = None if loaded.alone else loaded.artifacts.seeds
    if beside is not None:
        probabilities = np.exp(log_softmax(beside.logits[choice.split]))[:, part.images]
        for names in families(beside.cards):
            chosen = probabilities[[beside.names.index(name) for name in names]]
            found.append(Family(names, beside.cards[names[0]].architecture, bias_variance(chosen, part.labels)))
    return found


def with_a_loss(choice: Choice, combiner: str) -> Choice:
    """Return the choice under a rule that has a loss, with equal weights."""
    return replace(choice, combiner=combiner, weighting="equal")
