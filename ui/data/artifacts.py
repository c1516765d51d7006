"""Artifacts, read once for all visitors and again when they change."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core import ensemble
from fer_core.artifacts import Artifacts, Card, open_artifacts
from fer_core.artifacts import default_root as artifacts_root
from fer_core.ensemble import (
    Explorer,
    Outcome,
    Ranked,
    Setting,
    choose,
    confidence_order,
    out_of_fold_accuracy,
)
from fer_core.ensemble import best_subset as best_of
from fer_core.reports.summary import explorer_alone, explorer_of
from fer_core.terminology import FER, OTHER, Words
from fer_core.user_predictions import Extra
from ui.session import cache, uploads
from ui.session.choice import Choice


@dataclass(frozen=True)
class Loaded:
    """Everything the explorer needs; nothing in it changes, so all visitors share it.

    cards : of the members that have one, which members of the visitor's own have not
    order : int64 [M,C], the classes of each member from the most to the least confident, on PublicTest
    chosen : subset, weighting and combiner best on PublicTest; outcome, without_twins : it on PrivateTest,
    whole and without the images that have a twin in Training
    key : tells it from all others; extras : files of the visitor's own, whose members stand after the artifacts' own
        or alone
    """

    artifacts: Artifacts
    explorer: Explorer
    cards: dict[str, Card]
    order: NDArray[np.int64]
    chosen: Ranked
    outcome: Outcome
    without_twins: Outcome
    key: str
    extras: tuple[Extra, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether these are rows and classes of the visitor's own, of which the artifacts know nothing."""
        return any(not extra.joins for extra in self.extras)

    @property
    def words(self) -> Words:
        """What splits, rows and classes are called."""
        return OTHER if self.alone else FER

    @property
    def members(self) -> tuple[str, ...]:
        """Names of all members, in order."""
        return self.explorer.members


@st.cache_resource(show_spinner="Reading the cached logits", max_entries=2)
def _loaded(root: Path, fingerprint: str, _artifacts: Artifacts) -> Loaded:
    return _ready(_artifacts, explorer_of(_artifacts), fingerprint)


def _with_own(artifacts: Artifacts, key: str, extras: tuple[Extra, ...]) -> Loaded:
    """Return members of the visitor's own, ready; only the session keeps them, those that are shown alone."""
    found: Loaded | None = st.session_state.get(uploads.READY)
    if found is None or found.key != key:
        st.session_state.pop(uploads.READY, None)  # gone before the next is made, which takes as much memory
        with st.spinner("Reading your members", show_time=False):
            joined = all(extra.joins for extra in extras)
            explorer = explorer_of(artifacts, extras=extras) if joined else explorer_alone(extras[0])
            found = _ready(artifacts, explorer, key, extras)
        st.session_state[uploads.READY] = found
    return found


def _ready(artifacts: Artifacts, explorer: Explorer, key: str, extras: tuple[Extra, ...] = ()) -> Loaded:
    valid = explorer.part("valid")
    chosen = choose(explorer)
    best = chosen.setting
    outcome, without_twins = (
        explorer.recompute(Setting(best.members, best.weighting, best.combiner, twins=twins)) for twins in (True, False)
    )
    order = confidence_order(valid.probabilities, valid.labels)
    cards = {name: card for name, card in artifacts.cards.items() if name in explorer.members}
    return Loaded(artifacts, explorer, cards, order, chosen, outcome, without_twins, key, extras)


def load() -> Loaded:
    """Return the artifacts as they are now; raises FerError when they cannot be used."""
    artifacts = open_artifacts(artifacts_root())
    return _loaded(artifacts.root, artifacts.fingerprint, artifacts)


def present() -> Loaded:
    """Return what the visitor explores: the artifacts, with or instead of them the visitor's own members."""
    extras = uploads.shown()
    if not extras:
        return load()
    artifacts = open_artifacts(artifacts_root())
    key = ":".join([artifacts.fingerprint, *(extra.sha256 + extra.file for extra in extras)])
    return _with_own(artifacts, key, extras)


@cache.cached(spinner="Scoring every subset on PublicTest", entries=32)
def best_subset(loaded: Loaded, weighting: str, combiner: str) -> tuple[str, ...]:
    """Return the members of the subset that is best on PublicTest under a fitted weighting and a combiner."""
    return best_of(loaded.explorer, weighting, combiner).setting.members


@cache.cached(entries=256)
def out_of_fold(loaded: Loaded, members: tuple[str, ...], weighting: str, combiner: str) -> float:
    """Return the out-of-fold PublicTest accuracy of a fitted weighting."""
    return out_of_fold_accuracy(loaded.explorer, members, weighting, combiner)


def planned(loaded: Loaded, choice: Choice) -> bool:
    """Tell whether a setting is one of the two that were planned before PrivateTest was scored."""
    return ensemble.planned(choice.setting(), everyone=loaded.members, chosen=loaded.chosen.setting)
