"""What the page Gain shows: the present choice among all subsets, what they cost, and paths through them."""

from dataclasses import dataclass, replace

import streamlit as st

from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, Outcome, Setting
from fer_core.ensemble.subsets.all_subsets import AllSubsets, SplitAgreement, all_subsets, scorable, split_agreement
from fer_core.ensemble.subsets.every import most_members
from fer_core.ensemble.subsets.selection import Step, can_weigh, grown, shrunk
from fer_core.metrics import Mcnemar
from ui.data.artifacts import Loaded
from ui.data.latency import milliseconds
from ui.session.cache import cached
from ui.session.choice import Choice
from ui.session.pin import Pin

ASKED = "gain_times_asked_for"
GRID = 0.05
"""Weights that a person can set are multiples of this."""


@dataclass(frozen=True, eq=False)
class Pinned:
    """What was pinned as A, on the images that are shown.

    members : those that have weight; accuracy, mean : of A, and of their own accuracies, shares
    at : its position among the subsets that are shown, None where it is none of them or has another scheme
    """

    members: tuple[str, ...]
    accuracy: float
    mean: float
    at: int | None


@dataclass(frozen=True, eq=False)
class Gain:
    """A choice of members beside its own members and beside all other subsets.

    members : those that are on and have weight; mean : of their accuracies, a share
    best : the one of them that is best on PublicTest; test : the choice against it
    valid, test_subsets : all subsets on both splits, None where they cannot be scored at once
    here : the position of the choice in them, None where it is none of them: where a class has no weight left
    several : how many members these are the subsets of; most : of how many they can be
    a : what is pinned, None where nothing is or where it is the choice itself
    """

    choice: Choice
    outcome: Outcome
    members: tuple[str, ...]
    mean: float
    best: str
    mcnemar: Mcnemar
    valid: AllSubsets | None
    test: AllSubsets | None
    here: int | None
    several: int
    most: int
    a: Pinned | None

    @property
    def gain(self) -> float:
        """What the choice gains over the mean of its members, a share."""
        return self.outcome.accuracy - self.mean

    @property
    def shown(self) -> AllSubsets | None:
        """All subsets on the images that are shown."""
        return self.valid if self.choice.split == "valid" else self.test

    @property
    def split_agreement(self) -> SplitAgreement | None:
        """How far the order on PublicTest holds on PrivateTest."""
        return split_agreement(self.valid, self.test) if self.valid and self.test else None


def gather(loaded: Loaded, choice: Choice) -> Gain:
    """Score a choice that is not empty, its members, and all subsets of the roster."""
    explorer, setting = loaded.explorer, choice.setting()
    members = weighing(setting)
    outcome = explorer.recompute(setting)
    best = max(members, key=lambda name: explorer.valid_accuracy[name])
    alone = Setting((best,), split=setting.split, twins=setting.twins)
    valid, test = (_subsets_of(loaded, choice, split) for split in ("valid", "test"))
    return Gain(
        choice=choice,
        outcome=outcome,
        members=members,
        mean=_mean(outcome, members),
        best=best,
        mcnemar=explorer.compare(alone, setting).mcnemar,
        valid=valid,
        test=test,
        here=valid.find(members) if valid else None,
        several=len(_several(loaded, choice)),
        most=most_members(explorer),
        a=_pinned(loaded, choice, valid),
    )


def weighing(setting: Setting) -> tuple[str, ...]:
    """Return the members of a setting whose weight is not set to zero."""
    weight = dict(zip(setting.members, setting.manual, strict=False))
    return tuple(name for name in setting.members if weight.get(name, 1) > 0)


def _mean(outcome: Outcome, members: tuple[str, ...]) -> float:
    return sum(outcome.member_accuracy[name] for name in members) / len(members)


def _pinned(loaded: Loaded, choice: Choice, subsets: AllSubsets | None) -> Pinned | None:
    pin = choice.pin
    if pin is None or pin == Pin.of(choice.setting()):
        return None
    outcome = loaded.explorer.recompute(pin.setting(choice.split, twins=choice.twins))
    members, at = weighing(outcome.setting), None
    if subsets is not None and _same_scheme(choice, pin) and set(members) <= set(subsets.members):
        at = subsets.find(members)
    return Pinned(members, outcome.accuracy, _mean(outcome, members), at)


def _same_scheme(choice: Choice, pin: Pin) -> bool:
    """Tell whether A would weigh and combine its members just as the choice would."""
    if pin.combiner != choice.combiner:
        return False
    if not COMBINERS[pin.combiner].weighs:
        return True
    weights = dict(zip(pin.members, pin.manual, strict=False))
    return pin.weighting == choice.weighting and all(choice.manual[name] == own for name, own in weights.items())


def _several(loaded: Loaded, choice: Choice) -> tuple[str, ...]:
    """Return the members whose subsets are shown: all there are, or those that are on where all are too many."""
    return loaded.members if len(loaded.members) <= most_members(loaded.explorer) else choice.members


def roster(loaded: Loaded, choice: Choice, split: str) -> Setting:
    """Return the setting of those members under the scheme of a choice."""
    return replace(choice.with_members(_several(loaded, choice)), split=split).setting()


def _subsets_of(loaded: Loaded, choice: Choice, split: str) -> AllSubsets | None:
    setting = roster(loaded, choice, split)
    few = len(setting.members) <= most_members(loaded.explorer)
    return _subsets(loaded, setting) if few and scorable(setting) else None


@cached(entries=64)
def _subsets(loaded: Loaded, setting: Setting) -> AllSubsets:
    return all_subsets(loaded.explorer, setting)


@cached(spinner="Choosing members one by one", entries=32)
def _grown(loaded: Loaded, combiner: str, twins: bool) -> list[Step]:
    return grown(loaded.explorer, combiner, twins=twins)


def path(loaded: Loaded, gain: Gain) -> list[Step] | None:
    """Return the path that is asked for, None where there is none under the scheme."""
    choice = gain.choice
    if choice.gain.path == "forward":
        if not can_weigh(choice.combiner):
            return None
        return _grown(loaded, choice.combiner, choice.twins)
    return shrunk(gain.valid, gain.test) if gain.valid and gain.test else None


def favourite(steps: list[Step]) -> int:
    """Return the number of the step that is best on PublicTest, counted from 1; the shortest way to it wins a tie."""
    fewer = min if len(steps) == 1 or steps[0].changed is not None else max
    most = max(step.valid for step in steps)
    return fewer(number for number, step in enumerate(steps, 1) if step.valid == most)


def taken_over(choice: Choice, step: Step) -> Choice:
    """Return the choice with the ensemble of a step: counts become weights from 0 to 2, in the same proportions."""
    if choice.gain.path == "backward":
        return choice.with_members(step.members)
    unit = GRID * (round(LARGEST_WEIGHT / GRID) // max(step.counts))
    counts = dict(zip(step.members, step.counts, strict=True))
    manual = {name: round(unit * counts.get(name, 0), 2) for name in choice.manual}
    return replace(choice, members=step.members, weighting="manual", manual=manual)


def costs(loaded: Loaded, choice: Choice) -> dict[str, float] | None:
    """Return what each member with a card costs: parameters, multiply-adds of one view, or milliseconds here.

    None while nobody asked in this session for the networks to be timed.
    """
    if choice.gain.cost != "latency":
        return {name: float(getattr(card, choice.gain.cost)) for name, card in loaded.cards.items()}
    if not st.session_state.get(ASKED):
        return None
    return milliseconds(loaded.artifacts.fingerprint, loaded.artifacts)


def ask_for_times() -> None:
    """Let the networks be timed; the callback of a button."""
    st.session_state[ASKED] = True
