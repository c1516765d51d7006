"""The steps of the lesson in order, and what they say of the present artifacts."""

import streamlit as st

from ui.data.artifacts import Loaded
from ui.lesson import first, last
from ui.lesson.choice import KEYS
from ui.lesson.step import Asked, Step, Told

PERCENT, POINTS = " %", " points"

STEPS: dict[str, Step] = {
    "alone": Step(
        "How often is one simple network right?", "right on test faces, %", PERCENT, first.ask_alone, first.tell_alone
    ),
    "sure": Step("How sure is that number?", "width, points", POINTS, first.ask_sure, first.tell_sure),
    "copies": Step(
        "Does it help to ask copies of one network?",
        "gain over one copy, points",
        POINTS,
        first.ask_copies,
        first.tell_copies,
        signed=True,
    ),
    "together": Step(
        "Do different networks together beat the best of them?",
        "against the best, points",
        POINTS,
        first.ask_together,
        first.tell_together,
        signed=True,
    ),
    "independent": Step(
        "What if each network made different errors?",
        "right on test faces, %",
        PERCENT,
        first.ask_independent,
        first.tell_independent,
    ),
    "rescued": Step(
        "What does the ensemble rescue, and what does it break?",
        "rescued of 100 that change",
        " of 100",
        last.ask_rescued,
        last.tell_rescued,
        in_hundred=True,
    ),
    "weights": Step(
        "Does it pay to weight by emotion?",
        "gain over equal weights, points",
        POINTS,
        last.ask_weights,
        last.tell_weights,
        signed=True,
    ),
    "subset": Step(
        "Is the best subset of validation the best of test?",
        "behind the best of test, points",
        POINTS,
        last.ask_subset,
        last.tell_subset,
        exact=2,
    ),
    "cheat": Step(
        "What if the weights are fitted on the test set?",
        "seeming gain, points",
        POINTS,
        last.ask_cheat,
        last.tell_cheat,
        signed=True,
    ),
    "proven": Step("Is the gain significant?", "of 100 tests", " of 100", last.ask_proven, last.tell_proven),
}
"""Every step by the name that links use, in the order of the lesson."""
assert tuple(STEPS) == KEYS


def asked(loaded: Loaded, key: str) -> Asked:
    """Return what a step says before the answer."""
    return _asked(loaded.artifacts.fingerprint, key, loaded)


def told(loaded: Loaded, key: str) -> Told:
    """Return the answer of a step that makes sense for these members."""
    return _told(loaded.artifacts.fingerprint, key, loaded)


@st.cache_data(show_spinner=False, max_entries=64)
def _asked(fingerprint: str, key: str, _loaded: Loaded) -> Asked:
    return STEPS[key].ask(_loaded)


@st.cache_data(show_spinner=False, max_entries=64)
def _told(fingerprint: str, key: str, _loaded: Loaded) -> Told:
    return STEPS[key].tell(_loaded)
