"""Out-of-fold PublicTest accuracy: what a scheme reaches on images it was not fitted on."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Decision, Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.weightings import fit_of, known, normalised


def stratified_folds(labels: NDArray[np.int64], *, folds: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """Return a fold number for each image, int64 [N]: every class is dealt out evenly after a seeded shuffle.

    Parameters
    ----------
    labels
        The class of each image, int64 [N].
    folds
        How many, 2 to N.
    seed
        Of the shuffle; the same seed gives the same folds on every machine.

    Returns
    -------
    int64 [N]
        0 to `folds` - 1.

    Raises
    ------
    ValueError
        If there are fewer images than folds, or fewer than two folds.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> fold = stratified_folds(labels, folds=2)
    >>> [np.bincount(labels[fold == number]).tolist() for number in (0, 1)]
    [[2, 1], [2, 1]]
    """
    if not 2 <= folds <= len(labels):
        raise ValueError(f"folds: expected 2 to {len(labels)}, the number of images, got {folds}")
    rng = np.random.RandomState(seed)
    fold = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        at = rng.permutation(np.flatnonzero(labels == label))
        fold[at] = (np.arange(len(at)) + rng.randint(folds)) % folds
    return fold


def out_of_fold(
    explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> Decision:
    """Return what a scheme says of each PublicTest image after it was fitted on the other folds.

    Its weights are fitted there, and what the combiner learns.

    Parameters
    ----------
    explorer
        The members and their logits.
    members
        Names of those who are pooled.
    weighting, combiner
        Names of `WEIGHTINGS` and of `COMBINERS`.
    folds, seed
        As for `stratified_folds`.

    Returns
    -------
    Decision
        Labels int64 [N] and shares float64 [N,C].

    Raises
    ------
    ValueError
        For an unknown name, and for weights that a person sets.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> out_of_fold(explorer, ("a", "b"), "accuracy", "mean_probability", folds=3).labels.tolist()
    [0, 1, 0, 1, 1, 0]
    """
    pair = (weighting, combiner)
    return out_of_fold_of_all(explorer, members, [pair], folds=folds, seed=seed)[pair]


def out_of_fold_of_all(
    explorer: Explorer, members: tuple[str, ...], pairs: Sequence[tuple[str, str]], *, folds: int = 5, seed: int = 0
) -> dict[tuple[str, str], Decision]:
    """Return `out_of_fold` of several schemes, weighting and combiner, which share what they can.

    Parameters
    ----------
    explorer, members, folds, seed
        As for `out_of_fold`.
    pairs
        Weighting and combiner of each scheme.

    Returns
    -------
    dict of (str, str) to Decision
        One for each of `pairs`.

    Raises
    ------
    ValueError
        As `out_of_fold` does.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> sorted(out_of_fold_of_all(explorer, ("a", "b"), [("equal", "median"), ("equal", "hard_vote")]))
    [('equal', 'hard_vote'), ('equal', 'median')]
    """
    fits = {weighting: fit_of(weighting) for weighting, _ in pairs}
    rules = {combiner: known(COMBINERS, "combiner", combiner) for _, combiner in pairs}
    part, at = explorer.part("valid"), sorted(explorer.positions(members))
    told, labels = part.outputs.take(at), part.labels
    fold = stratified_folds(labels, folds=folds, seed=seed)

    def decided(number: int) -> dict[tuple[str, str], Decision]:
        outside, inside = (np.flatnonzero(there) for there in (fold != number, fold == number))
        before, now, elsewhere = told.images(outside), told.images(inside), labels[outside]
        probabilities = np.stack(before.probabilities)
        weights = {name: normalised(fit(probabilities, elsewhere)) for name, fit in fits.items()}
        pools = {name: rule.ready(before, elsewhere) for name, rule in rules.items()}
        return {(weighting, combiner): pools[combiner](now, weights[weighting]) for weighting, combiner in pairs}

    with ThreadPoolExecutor(min(folds, os.cpu_count() or 1)) as threads:
        parts = list(threads.map(decided, range(folds)))
    found = {pair: Decision(np.empty_like(labels), np.empty(part.logs.shape[1:])) for pair in pairs}
    for number, ours in enumerate(parts):
        for pair, decision in ours.items():
            found[pair].labels[fold == number], found[pair].shares[fold == number] = decision.labels, decision.shares
    return found


def unseen_shares(explorer: Explorer, setting: Setting) -> NDArray[np.float64]:
    """Return what a temperature is fitted to: the setting's shares of PublicTest images, float64 [N,C].

    They are out of fold where the combiner has learned from these images, for on those it is surer than on others.

    Parameters
    ----------
    explorer
        The members and their logits.
    setting
        Its split and twins are left aside: all PublicTest images are taken.

    Returns
    -------
    float64 [N,C]
        Rows sum to one.

    Raises
    ------
    ValueError
        For an unknown name in the setting.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> unseen_shares(explorer, Setting(("a", "b"))).shape
    (6, 2)
    """
    if known(COMBINERS, "combiner", setting.combiner).fit is not None and setting.weighting != "manual":
        return out_of_fold(explorer, setting.members, setting.weighting, setting.combiner).shares
    return explorer.decide(replace(setting, split="valid", twins=True)).shares


def out_of_fold_accuracy(
    explorer: Explorer, members: tuple[str, ...], weighting: str, combiner: str, *, folds: int = 5, seed: int = 0
) -> float:
    """Return the share of PublicTest images that a scheme gets right which was fitted without them.

    Parameters
    ----------
    explorer, members, weighting, combiner, folds, seed
        As for `out_of_fold`.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        As `out_of_fold` does.

    Examples
    --------
    With the explorer of the example of `Explorer`:

    >>> round(out_of_fold_accuracy(explorer, ("a", "b"), "accuracy", "mean_probability", folds=3), 3)
    0.667
    """
    labels = explorer.part("valid").labels
    decided = out_of_fold(explorer, members, weighting, combiner, folds=folds, seed=seed).labels
    return int((decided == labels).sum()) / len(labels)
