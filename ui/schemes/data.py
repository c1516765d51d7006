"""What the page All schemes tells of every scheme."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from fer_core.ensemble import COMBINERS, Explorer, Setting, out_of_fold_of_all, schemes
from fer_core.ensemble.schemes import Paced, paced
from fer_core.metrics import Mcnemar
from ui.data.artifacts import Loaded
from ui.data.pinned import pinned_setting
from ui.session.cache import cached
from ui.session.choice import Choice


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


PATIENCE = 0.5
"""Seconds after which it is shown how far the fitting has come."""
MORE = "schemes_more"


def pace(explorer: Explorer, members: int) -> Paced:
    """Return the schemes by how long they take for this many members."""
    rows, classes = explorer.part("valid").logs.shape[1:]
    return paced(rows, members, classes)


@cached(entries=512)
def _rows(loaded: Loaded, members: tuple[str, ...], twins: bool, pairs: tuple[tuple[str, str], ...]) -> list[Row]:
    explorer = loaded.explorer
    labels = explorer.part("valid").labels
    fair = out_of_fold_of_all(explorer, members, pairs)
    found = []
    for weighting, combiner in pairs:
        setting = Setting(members, weighting, combiner, twins=twins)
        test = explorer.recompute(setting)
        fitted = int((explorer.decide(replace(setting, split="valid", twins=True)).labels == labels).sum())
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


def together(pairs: Sequence[tuple[str, str]]) -> list[tuple[tuple[str, str], ...]]:
    """Return schemes in groups that share a fit: those of one weighting, and each rule that learns alone."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for weighting, combiner in pairs:
        alone = combiner if COMBINERS[combiner].fit is not None else ""
        groups.setdefault((weighting, alone), []).append((weighting, combiner))
    return [tuple(group) for group in groups.values()]


def rows(loaded: Loaded, choice: Choice) -> list[Row]:
    """Return the schemes over the members that are on, best out of fold first; of those that tie, the simplest.

    Those that take long are among them when somebody asked for them.  Draws how far it is, where that takes a while.
    """
    kinds = pace(loaded.explorer, len(choice.members))
    pairs = kinds.quick + (kinds.slow if st.session_state.get(MORE) == loaded.key else [])
    groups, place, begun = together(pairs), st.empty(), time.monotonic()
    by_pair: dict[tuple[str, str], Row] = {}
    for number, group in enumerate(groups):
        if time.monotonic() > begun + PATIENCE:
            words = f"Fitting schemes out of fold: {len(by_pair)} of {len(pairs)}"
            place.progress(number / len(groups), text=words)
        found = _rows(loaded, choice.members, choice.twins, group)
        by_pair |= {row.scheme: row for row in found}
    place.empty()
    return sorted((by_pair[pair] for pair in schemes() if pair in by_pair), key=lambda row: -row.fair)


def more(loaded: Loaded) -> None:
    """Ask for the schemes that take long, of these members."""
    st.session_state[MORE] = loaded.key


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
        return "A has other members, so it is none of these."
    same = _row_of(found, pin.weighting, pin.combiner) is not None
    return "A makes the same decisions as the present scheme." if same else "A is none of these."


def _row_of(found: Sequence[Row], weighting: str, combiner: str) -> Row | None:
    """Return the row of a scheme; where weights make no difference, that of the rule."""
    weighs = COMBINERS[combiner].weighs
    return next((r for r in found if r.combiner == combiner and (r.weighting == weighting or not weighs)), None)
