"""What the page All schemes tells of every scheme."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from fer_core.ensemble import COMBINERS, Explorer, Setting, out_of_fold_of_all, schemes
from fer_core.metrics import Mcnemar
from ui.choice import Choice
from ui.load import Loaded
from ui.pinned import pinned_setting


@dataclass(frozen=True)
class Row:
    """One scheme over the members that are on; accuracies are shares.

    fitted, fair : on the split that chooses, with what it learned there, and out of fold
    accuracy, interval, gain, mcnemar, nll, ece : on the split that scores, gain and test against the best member
    """

    weighting: str
    combiner: str
    fitted: float
    fair: float
    accuracy: float
    interval: tuple[float, float]
    gain: float
    mcnemar: Mcnemar
    nll: float
    ece: float

    @property
    def scheme(self) -> tuple[str, str]:
        """Weighting and combiner."""
        return self.weighting, self.combiner


MOST_STEPS = 1e9
"""Rows x members x classes x classes from which on a rule that learns takes most of a minute, and is left out."""


def offered(explorer: Explorer, members: int) -> list[tuple[str, str]]:
    """Return the schemes that are told of: all, but for very many classes those of rules that learn."""
    rows, classes = explorer.part("valid").logs.shape[1:]
    slow = rows * members * classes**2 > MOST_STEPS
    return [pair for pair in schemes() if not slow or COMBINERS[pair[1]].fit is None]


@st.cache_data(show_spinner="Fitting every scheme out of fold", max_entries=64)
def _rows(fingerprint: str, _explorer: Explorer, members: tuple[str, ...], twins: bool) -> list[Row]:
    labels = _explorer.part("valid").labels
    pairs = offered(_explorer, len(members))
    fair = out_of_fold_of_all(_explorer, members, pairs)
    found = []
    for weighting, combiner in pairs:
        setting = Setting(members, weighting, combiner, twins=twins)
        test = _explorer.recompute(setting)
        fitted = int((_explorer.decide(replace(setting, split="valid", twins=True)).labels == labels).sum())
        found.append(
            Row(
                weighting,
                combiner,
                fitted / len(labels),
                int((fair[weighting, combiner].labels == labels).sum()) / len(labels),
                test.accuracy,
                test.interval,
                test.gain,
                test.mcnemar,
                test.nll,
                test.ece,
            )
        )
    return found


def rows(loaded: Loaded, choice: Choice) -> list[Row]:
    """Return all schemes over the members that are on, best out of fold first; of those that tie, the simplest."""
    found = _rows(loaded.key, loaded.explorer, choice.members, choice.twins)
    return sorted(found, key=lambda row: -row.fair)


def present(found: Sequence[Row], choice: Choice) -> Row | None:
    """Return the row of the scheme that is chosen now, None where it has none."""
    return _row_of(found, choice.weighting, choice.combiner)


def pinned(found: Sequence[Row], choice: Choice) -> Row | None:
    """Return the row of what is pinned as A, None where it has none, or there is no other setting than the present."""
    pin = pinned_setting(choice)
    if pin is None or pin.members != choice.members:
        return None
    row = _row_of(found, pin.weighting, pin.combiner)
    return None if row is present(found, choice) else row


def why_not_pinned(found: Sequence[Row], choice: Choice) -> str:
    """Say why A has no row of its own; nothing where it has one, or there is no A."""
    pin = pinned_setting(choice)
    if pin is None or pinned(found, choice) is not None:
        return ""
    if pin.members != choice.members:
        return "A is over other members, so it is none of these."
    same = _row_of(found, pin.weighting, pin.combiner) is not None
    return "A decides as the present scheme does." if same else "A is none of these."


def _row_of(found: Sequence[Row], weighting: str, combiner: str) -> Row | None:
    """Return the row of a scheme; where weights make no difference, that of the rule."""
    weighs = COMBINERS[combiner].weighs
    return next((r for r in found if r.combiner == combiner and (r.weighting == weighting or not weighs)), None)
