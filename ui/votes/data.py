"""What the page Votes shows: the images that fit the visitor's filters, and what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble.analysis.rescues import Ballots, ballots
from fer_core.terminology import Words
from ui.data.artifacts import Loaded
from ui.data.pinned import pinned_setting
from ui.session.choice import Choice
from ui.votes.choice import ANY, PIN, SHOWN, VotesChoice, class_of

KINDS = {"rescued": "rescued", "broke": "broken"}
"""What the library calls the kinds that keep some images only."""
OTHERS = {"contempt": "contempt", "unknown": "unknown", "NF": "not a face"}
"""Answers of the crowd that are none of the seven emotions, and what to call them."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of each image of a split besides votes of members.

    crowd : votes uint8 [N] of each answer that people could give, the seven emotions first; None where there are none
    twin : row of the first identical Training image, -1 for none, and its label, int64 [N] twice
    """

    crowd: Mapping[str, NDArray[np.uint8]] | None
    twin: NDArray[np.int64]
    twin_label: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Votes:
    """The images that fit, and those of them that are on the page.

    words : what rows and classes are called; choice : without what there is not here; pinned : whether there is an A
    known : None for rows of the visitor's own
    at : positions of all that fit in `ballots`, int64 [K]; start, stop : of them, those on the page
    cells : what fits by label and by what the ensemble says, whatever cell is chosen, int64 [C,C]
    totals : images of each label, whatever fits, int64 [C]; dissent : least members that say otherwise
    """

    words: Words
    choice: Choice
    pinned: bool
    ballots: Ballots
    known: Known | None
    at: NDArray[np.int64]
    start: int
    stop: int
    cells: NDArray[np.int64]
    totals: NDArray[np.int64]
    dissent: int

    @property
    def chosen(self) -> VotesChoice:
        """What the visitor has chosen on this page."""
        return self.choice.votes

    @property
    def whole(self) -> bool:
        """Whether `cells` counts every image."""
        return self.dissent == 0 and self.chosen.kind not in KINDS


def votes(loaded: Loaded, choice: Choice) -> Votes:
    """Return what the page shows; raises ArtifactError for a file that cannot be used."""
    pin, explorer = pinned_setting(choice), loaded.explorer
    chosen = choice.votes.known(explorer.classes, pinned=pin is not None)
    found = ballots(explorer, choice.setting(), against=pin if chosen.against == PIN else None)
    dissent = min(chosen.dissent, len(found.members))
    kind, order = KINDS.get(chosen.kind), "hardness" if chosen.kind == "hardest" else "row"
    every = found.select(kind=kind, dissent=dissent, order=order)
    label, decided = _code(found, chosen.true), _code(found, chosen.taken_for)
    at = found.select(kind=kind, label=label, decided=decided, dissent=dissent, order=order)
    last = max(0, (len(at) - 1) // SHOWN * SHOWN)
    start = min(chosen.start, last)
    return Votes(
        words=loaded.words,
        choice=replace(choice, votes=chosen),
        pinned=pin is not None,
        ballots=found,
        known=None if loaded.alone else _known(loaded.artifacts.fingerprint, choice.split, loaded.artifacts),
        at=at,
        start=start,
        stop=min(start + SHOWN, len(at)),
        cells=found.confusion(every),
        totals=np.bincount(found.labels, minlength=len(found.classes)),
        dissent=dissent,
    )


def _code(found: Ballots, word: str) -> int | None:
    return None if word == ANY else found.classes.index(class_of(word))


@st.cache_resource(show_spinner=False, max_entries=4)
def _known(fingerprint: str, split: str, _artifacts: Artifacts) -> Known:
    twin, labels = _artifacts.twin_index(split), _artifacts.rows()["train_labels"].astype(np.int64)
    return Known(_crowd(_artifacts, split), twin, np.where(twin >= 0, labels[twin], -1))


def _crowd(artifacts: Artifacts, split: str) -> dict[str, NDArray[np.uint8]] | None:
    if not artifacts.has("ferplus.npz"):
        return None
    # Imported here: only artifacts with votes need anything of the data set.
    from fer_core.dataset.ferplus import FERPLUS_COLUMNS, class_votes

    cast = artifacts.ferplus(split)
    by_class = dict(zip(EMOTIONS, class_votes(cast).T, strict=True))
    return by_class | {name: cast[:, FERPLUS_COLUMNS.index(column)] for column, name in OTHERS.items()}
