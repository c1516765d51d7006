"""Artifacts, read once for all visitors and again when they change."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

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
from fer_core.extra import Extra
from fer_core.report import explorer_alone, explorer_of
from fer_core.words import FER, OTHER, Words
from ui import own


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


@st.cache_resource(show_spinner="Reading your members", max_entries=4)
def _with_own(root: Path, key: str, _artifacts: Artifacts, _extras: tuple[Extra, ...]) -> Loaded:
    joined = all(extra.joins for extra in _extras)
    explorer = explorer_of(_artifacts, extras=_extras) if joined else explorer_alone(_extras[0])
    return _ready(_artifacts, explorer, key, _extras)


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
    extras = own.shown()
    if not extras:
        return load()
    artifacts = open_artifacts(artifacts_root())
    key = ":".join([artifacts.fingerprint, *(extra.sha256 + extra.file for extra in extras)])
    return _with_own(artifacts.root, key, artifacts, extras)


@st.cache_data(show_spinner="Scoring every subset on PublicTest", max_entries=32)
def best_subset(fingerprint: str, _explorer: Explorer, weighting: str, combiner: str) -> tuple[str, ...]:
    """Return the members of the subset that is best on PublicTest under a fitted weighting and a combiner."""
    return best_of(_explorer, weighting, combiner).setting.members


@st.cache_data(show_spinner=False, max_entries=256)
def out_of_fold(
    fingerprint: str, _explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str
) -> float:
    """Return the out-of-fold PublicTest accuracy of a fitted weighting."""
    return out_of_fold_accuracy(_explorer, members, weighting, combiner)
