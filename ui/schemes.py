"""What the page All schemes tells of every scheme."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from fer_core.ensemble import Explorer, Setting, out_of_fold_of_all, schemes
from fer_core.metrics import Mcnemar
from ui.choice import Choice
from ui.load import Loaded


@dataclass(frozen=True)
class Row:
    """One scheme over the members that are on; accuracies are shares.

    fitted, fair : on PublicTest, with what it learned there, and out of fold
    accuracy, interval, gain, mcnemar, nll, ece : on PrivateTest, gain and test against the best member
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


@st.cache_data(show_spinner="Fitting every scheme out of fold", max_entries=64)
def _rows(fingerprint: str, _explorer: Explorer, members: tuple[str, ...], twins: bool) -> list[Row]:
    labels = _explorer.part("valid").labels
    fair = out_of_fold_of_all(_explorer, members, schemes())
    found = []
    for weighting, combiner in schemes():
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
    return next((row for row in found if row.scheme == (choice.weighting, choice.combiner)), None)
