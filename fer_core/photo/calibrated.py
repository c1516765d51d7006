"""From members' logits of new faces to answers, under any setting of the explorer.  NumPy alone."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.calibration import temperature_of
from fer_core.ensemble import Answer, Explorer, Setting, answers
from fer_core.ensemble.answer import Balance, balance_of, balanced
from fer_core.reports.summary import explorer_of

KEPT = 256
"""Temperatures that are kept once they were fitted."""


class CalibratedEnsemble:
    """The explorers of both views and their temperatures.  Nothing in it changes, so threads share it.

    explorers : by view; weights of members are fitted on PublicTest seen in the same view
    Raises ArtifactMissing where the artifacts hold no logits of one view.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self.explorers: dict[str, Explorer] = {view: explorer_of(artifacts, view=view) for view in ("one_view", "full")}
        self.calibration = artifacts.calibration()
        self._fitted_now = lru_cache(maxsize=KEPT)(self._fit)
        self._balance_now = lru_cache(maxsize=KEPT)(self._balance)
        self._artifacts = artifacts

    def temperature(self, setting: Setting, view: str) -> float | None:
        """Return the temperature of a setting: the one in the artifacts, or one fitted now where there is none."""
        if self.calibration is not None and not setting.manual:
            written = self.calibration.temperature(view, setting.members, setting.weighting, setting.combiner)
            if written is not None:
                return written
        return self._fitted_now(replace(setting, split="valid", twins=True), view)

    def _fit(self, setting: Setting, view: str) -> float | None:
        return temperature_of(self.explorers[view], setting)

    def spoilt_factor(self, setting: Setting) -> float:
        """Return by how much the temperature is higher for a spoilt face; 1 where the artifacts do not say."""
        if self.calibration is None:
            return 1.0
        return self.calibration.spoilt_factor(setting.members, setting.weighting, setting.combiner)

    def balance(self, setting: Setting, view: str) -> Balance | None:
        """Return the prior correction of a setting, as PublicTest chooses it; None where there is no temperature."""
        return self._balance_now(replace(setting, split="valid", twins=True), view)

    def _balance(self, setting: Setting, view: str) -> Balance | None:
        temperature = self.temperature(setting, view)
        if temperature is None:
            return None
        train = np.asarray(self._artifacts.rows()["train_labels"], dtype=np.int64)
        return balance_of(self.explorers[view], setting, temperature, train)

    def answers(
        self,
        setting: Setting,
        view: str,
        logits: NDArray[np.float32],
        *,
        spoilt: Sequence[bool] | None = None,
        balance: bool = False,
    ) -> list[Answer]:
        """Return one answer a face for logits float32 [M,F,7] of all members in that view.

        spoilt : which faces are (`Framed.spoilt`), for their confidence is lowered; balance : correct the prior
        """
        temperature = self.temperature(setting, view)
        found = answers(self.explorers[view], setting, logits, temperature=temperature)
        if temperature is not None and spoilt is not None and any(spoilt):
            higher = temperature * self.spoilt_factor(setting)
            lowered = answers(self.explorers[view], setting, logits, temperature=higher)
            found = [low if bad else one for one, low, bad in zip(found, lowered, spoilt, strict=True)]
        correction = self.balance(setting, view) if balance else None
        return found if correction is None else [balanced(answer, correction) for answer in found]

    def accuracy(self, setting: Setting, view: str, split: str) -> float:
        """Return the share of "valid" or "test" images that a setting gets right in a view."""
        return self.explorers[view].recompute(replace(setting, split=split, twins=True)).accuracy
