"""What the page Confidence shows of a setting: how sure it and its members are, and what answering only then buys."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, Setting
from fer_core.ensemble.confidence import Confidence, confidence_of
from fer_core.metrics import Reliability, reliability
from fer_core.metrics.labels import Share
from fer_core.metrics.selective import RiskCoverage, risk_coverage
from ui.choice import Choice
from ui.load import Loaded


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
    """Images of one emotion: how often right, how sure on average (None of no image), and how many were answered."""

    emotion: str
    right: Share
    sure: float | None
    answered: Share


@dataclass(frozen=True, eq=False)
class Sure:
    """Everything that the page shows.

    name : of the one member that is on, or "the ensemble"; least : least confidence, a share; cooled : whether the
    temperatures are applied, where there are any
    members : those that are on, by name; best : the member best on PublicTest, on or off
    answered : right of the answered images; rest : right of the others
    matched : how many of its surest images, as many as are answered, the best member gets right; None of none
    decided : by the emotion that is said; true : by FER-2013's label
    """

    setting: Setting
    name: str
    least: float
    cooled: bool
    said: Said
    members: dict[str, Said]
    best_name: str
    best: Said
    answered: Share
    rest: Share
    matched: float | None
    decided: tuple[Spoken, ...]
    true: tuple[Spoken, ...]


def sure(loaded: Loaded, choice: Choice) -> Sure:
    """Return everything that the page shows of a choice."""
    setting, asked, best = choice.setting(), choice.confidence, loaded.explorer.best_member
    least = asked.least / 100

    def of(setting: Setting) -> Said:
        return _said(loaded.key, loaded.explorer, setting, asked.cooled)

    said = of(setting)
    names = dict.fromkeys((*choice.members, best))
    alone = {name: of(Setting((name,), split=choice.split, twins=choice.twins)) for name in names}
    answered, whole, best_curve = said.curve.at(least), said.curve.at(0.0), alone[best].curve
    matched = None
    if answered.images:
        matched = 1 - float(best_curve.expected_errors(answered.images)) / answered.images
    confidence = said.confidence
    return Sure(
        setting=setting,
        name=setting.members[0] if len(setting.members) == 1 else "the ensemble",
        least=least,
        cooled=asked.cooled and said.after is not None,
        said=said,
        members={name: alone[name] for name in choice.members},
        best_name=best,
        best=alone[best],
        answered=answered,
        rest=Share(whole.correct - answered.correct, whole.images - answered.images),
        matched=matched,
        decided=_by_emotion(confidence, confidence.decided, least, cooled=asked.cooled),
        true=_by_emotion(confidence, confidence.labels, least, cooled=asked.cooled),
    )


@st.cache_data(show_spinner=False, max_entries=128)
def _said(fingerprint: str, _explorer: Explorer, setting: Setting, cooled: bool) -> Said:
    found = confidence_of(_explorer, setting)
    after = None if found.after is None else reliability(found.after, found.right)
    curve = risk_coverage(found.shown(cooled=cooled), found.right)
    return Said(found, reliability(found.before, found.right), after, curve)


def _by_emotion(found: Confidence, classes: NDArray[np.int64], least: float, *, cooled: bool) -> tuple[Spoken, ...]:
    confidence, right, spoken = found.shown(cooled=cooled), found.right, []
    for code, emotion in enumerate(EMOTIONS):
        here = classes == code
        images = int(here.sum())
        answered = risk_coverage(confidence[here], right[here]).at(least) if images else Share(0, 0)
        mean = float(confidence[here].mean()) if images else None
        spoken.append(Spoken(emotion, Share(int(right[here].sum()), images), mean, Share(answered.images, images)))
    return tuple(spoken)
