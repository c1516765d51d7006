"""What the page Confidence shows of a setting: how sure it and its members are, and what answering only then buys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.confidence import Confidence, confidence_of
from fer_core.metrics import Reliability, reliability
from fer_core.metrics.crowd import Share
from fer_core.metrics.selective import RiskCoverage, risk_coverage
from fer_core.terminology import Words
from ui.data.artifacts import Loaded
from ui.data.pinned import pinned_setting
from ui.session.cache import cached
from ui.session.choice import Choice


@dataclass(frozen=True, eq=False)
class Said:
    """What one says on all images.

    before, after : with and without its temperature; after is None where there is none
    curve : of the confidences that are shown
    """

    confidence: Confidence
    before: Reliability
    after: Reliability | None
    curve: RiskCoverage


@dataclass(frozen=True, eq=False)
class Spoken:
    """Images of one class: how often right, how sure on average (None of no image), and how many were answered."""

    name: str
    right: Share
    sure: float | None
    answered: Share


@dataclass(frozen=True, eq=False)
class Sure:
    """Everything that the page shows.

    name : of the one member that is on, or "the ensemble"; least : least confidence, a share
    cooled : whether the temperatures are applied; asked : the same if there is none for this setting, as for votes
    members : those that are on, by name; best : the member best on PublicTest, on or off
    pin : what is pinned as A, None where there is no other setting
    answered : right of the answered images; rest : right of the others
    matched, pin_matched : how many of their surest images, as many as are answered, the best member and A get right;
        None if there is none
    decided : by the class that is said; true : by the label; words : what rows and classes are called
    epochs : whether PublicTest chose the epochs of some member that counts, as of all that have a card
    """

    setting: Setting
    name: str
    least: float
    cooled: bool
    asked: bool
    said: Said
    members: dict[str, Said]
    best_name: str
    best: Said
    pin: Said | None
    answered: Share
    rest: Share
    matched: float | None
    pin_matched: float | None
    decided: tuple[Spoken, ...]
    true: tuple[Spoken, ...]
    words: Words
    epochs: bool


def sure(loaded: Loaded, choice: Choice) -> Sure:
    """Return everything that the page shows of a choice."""
    setting, asked, best = choice.setting(), choice.confidence, loaded.explorer.best_member
    least = asked.least / 100

    def of(setting: Setting) -> Said:
        return _said(loaded, setting, asked.cooled)

    said = of(setting)
    names = dict.fromkeys((*choice.members, best))
    alone = {name: of(Setting((name,), split=choice.split, twins=choice.twins)) for name in names}
    answered, whole, confidence = said.curve.at(least), said.curve.at(0.0), said.confidence
    pinned, classes = pinned_setting(choice), loaded.explorer.classes
    pin = of(pinned) if pinned else None
    return Sure(
        setting=setting,
        name=setting.members[0] if len(setting.members) == 1 else "the ensemble",
        least=least,
        cooled=asked.cooled and said.after is not None,
        asked=asked.cooled,
        said=said,
        members={name: alone[name] for name in choice.members},
        best_name=best,
        best=alone[best],
        pin=pin,
        answered=answered,
        rest=Share(whole.correct - answered.correct, whole.images - answered.images),
        matched=_matched(alone[best], answered.images),
        pin_matched=_matched(pin, answered.images) if pin else None,
        decided=_by_class(confidence, classes, confidence.decided, least, cooled=asked.cooled),
        true=_by_class(confidence, classes, confidence.labels, least, cooled=asked.cooled),
        words=loaded.words,
        epochs=any(name in loaded.cards for name in names),
    )


def _matched(said: Said, images: int) -> float | None:
    """Return how many of one's surest images, as many as others answer, are right; None if there is none."""
    return 1 - float(said.curve.expected_errors(images)) / images if images else None


@cached(entries=256)
def _said(loaded: Loaded, setting: Setting, cooled: bool) -> Said:
    found = confidence_of(loaded.explorer, setting)
    after = None if found.after is None else reliability(found.after, found.right)
    curve = risk_coverage(found.shown(scaled=cooled), found.right)
    return Said(found, reliability(found.before, found.right), after, curve)


def _by_class(
    found: Confidence, names: Sequence[str], classes: NDArray[np.int64], least: float, *, cooled: bool
) -> tuple[Spoken, ...]:
    confidence, right, spoken = found.shown(scaled=cooled), found.right, []
    for code, name in enumerate(names):
        here = classes == code
        images = int(here.sum())
        answered = risk_coverage(confidence[here], right[here]).at(least) if images else Share(0, 0)
        mean = float(confidence[here].mean()) if images else None
        spoken.append(Spoken(name, Share(int(right[here].sum()), images), mean, Share(answered.images, images)))
    return tuple(spoken)
