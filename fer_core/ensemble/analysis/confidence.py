"""How sure a setting is of each decision, before and after a temperature that PublicTest sets."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import stratified_folds, unseen_shares
from fer_core.ensemble.temperature import fit_temperature, temperature_scaled


@dataclass(frozen=True, eq=False)
class Confidence:
    """How sure a setting is on the images that it is scored on.

    decided, labels : int64 [N]; before : the share of the class that is decided, float64 [N]
    temperature : fitted on all of PublicTest, after pooling; None where a share there is zero.  It is fitted to what a
        combiner that learns says of images that it has not seen, for on those that it learned from it is surer
    after : the same share at that temperature, float64 [N], None where there is none; on PublicTest, each image has
        the temperature that the other folds set, so that it does not flatter
    """

    decided: NDArray[np.int64]
    labels: NDArray[np.int64]
    before: NDArray[np.float64]
    temperature: float | None
    after: NDArray[np.float64] | None

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each decision is right: bool [N]."""
        right: NDArray[np.bool_] = self.decided == self.labels
        return right

    def shown(self, *, scaled: bool) -> NDArray[np.float64]:
        """Return the confidences float64 [N] after the temperature, if that is asked for and there is one."""
        return self.before if self.after is None or not scaled else self.after


def confidence_of(explorer: Explorer, setting: Setting) -> Confidence:
    """Return how sure a setting is, before and after its temperature; see `fit_temperature` for the method."""
    part, decision = explorer.part(setting.split, twins=setting.twins), explorer.decide(setting)
    at = np.arange(len(part.labels))
    valid, labels = explorer.decide(replace(setting, split="valid", twins=True)).shares, explorer.part("valid").labels
    unseen = unseen_shares(explorer, setting)
    temperature, after = fit_temperature(unseen, labels), None
    if temperature is not None:
        if setting.split == "valid":
            shares = scaled_out_of_fold(valid, unseen, labels)[part.images]
        else:
            shares = temperature_scaled(decision.shares, temperature)
        after = shares[at, decision.labels]
    return Confidence(decision.labels, part.labels, decision.shares[at, decision.labels], temperature, after)


def scaled_out_of_fold(
    shares: NDArray[np.float64],
    unseen: NDArray[np.float64],
    labels: NDArray[np.int64],
    *,
    folds: int = 5,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return shares [N,C], each row at the temperature that other folds set.

    unseen : positive shares [N,C] of the same images that temperatures are fitted to; the same ones, where nothing was
        learned from them
    """
    fold, found = stratified_folds(labels, folds=folds, seed=seed), np.empty_like(shares)
    for number in range(folds):
        inside = fold == number
        temperature = fit_temperature(unseen[~inside], labels[~inside])
        if temperature is None:
            raise ValueError("unseen: expected positive numbers, got a zero")
        found[inside] = temperature_scaled(shares[inside], temperature)
    return found
