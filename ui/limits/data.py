"""What the page Limits shows: doubtful labels, unequal emotions, twins, and what each means for the chosen ensemble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts, Robustness
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.ensemble import Outcome
from fer_core.metrics.crowd import Share
from fer_core.reports.summary import quality_figures, robustness_of
from ui.data.artifacts import Loaded


@dataclass(frozen=True, eq=False)
class Crowd:
    """What the FER+ crowd says of PrivateTest.

    quality : as `fer_core.reports.summary.quality_figures` gives it
    confirmed : of each label, the images on which the crowd's plurality is it, of those that have a plurality
    learned : whether members of the chosen ensemble were trained on the crowd's votes, too, of Training images
    """

    quality: Mapping[str, Any]
    confirmed: tuple[Share, ...]
    learned: bool


@dataclass(frozen=True, eq=False)
class Limits:
    """Figures of PrivateTest and of the chosen ensemble on it, unless said otherwise.

    crowd : None where the artifacts hold no votes; counts : images of each split and emotion, int64 [3,C]
    found : of each emotion; others, twins : right without and among the images with a twin in Training
    same_label : twins that have the label of the first identical Training image
    faces : the mean Training face of each emotion, uint8 [C,48,48]
    robustness : what damaged PublicTest images cost; None where it was not measured
    """

    outcome: Outcome
    crowd: Crowd | None
    counts: NDArray[np.int64]
    found: tuple[Share, ...]
    others: Share
    twins: Share
    same_label: Share
    faces: NDArray[np.uint8]
    robustness: Robustness | None = None


def limits(loaded: Loaded) -> Limits:
    """Return the figures; raises ArtifactError for a file that cannot be used."""
    return _limits(loaded.artifacts.fingerprint, loaded)


@st.cache_resource(show_spinner=False, max_entries=2)
def _limits(fingerprint: str, _loaded: Loaded) -> Limits:
    artifacts, outcome = _loaded.artifacts, _loaded.outcome
    labels = _loaded.explorer.part("test").labels
    rows, index = artifacts.rows(), artifacts.twin_index("test")
    twin = index >= 0
    return Limits(
        outcome=outcome,
        crowd=_crowd(_loaded, labels),
        counts=np.array([np.bincount(rows[f"{split}_labels"], minlength=len(EMOTIONS)) for split in SPLITS]),
        found=_by_class(outcome.right, labels),
        others=_share(outcome.right[~twin]),
        twins=_share(outcome.right[twin]),
        same_label=_share(rows["train_labels"][index[twin]] == labels[twin]),
        faces=artifacts.mean_faces()[: len(EMOTIONS)],
        robustness=robustness_of(artifacts, _loaded.explorer, _loaded.chosen.setting),
    )


def _crowd(loaded: Loaded, labels: NDArray[np.int64]) -> Crowd | None:
    quality = quality_figures(loaded.artifacts, loaded.explorer, loaded.chosen.setting)
    if quality is None:
        return None
    plurality = plurality_of(loaded.artifacts)
    leads = plurality >= 0
    learned = any(loaded.cards[name].by_votes for name in loaded.chosen.setting.members)
    return Crowd(quality, _by_class((plurality == labels)[leads], labels[leads]), learned)


def plurality_of(artifacts: Artifacts) -> NDArray[np.int64]:
    """Return the crowd's class of each PrivateTest image: int64 [N], -1 where none leads."""
    # Imported here: only artifacts with votes need anything of the data set.
    from fer_core.dataset.ferplus import plurality

    return plurality(artifacts.ferplus("test"))


def ends(shares: Sequence[Share]) -> tuple[int, int]:
    """Return which emotion has the lowest share and which the highest; the first where none has images."""
    present = [code for code, share in enumerate(shares) if share.images] or [0]

    def value(code: int) -> float:
        return shares[code].value or 0.0

    return min(present, key=value), max(present, key=value)


def _share(right: NDArray[np.bool_]) -> Share:
    return Share(int(right.sum()), len(right))


def _by_class(right: NDArray[np.bool_], labels: NDArray[np.int64]) -> tuple[Share, ...]:
    return tuple(_share(right[labels == code]) for code in range(len(EMOTIONS)))
