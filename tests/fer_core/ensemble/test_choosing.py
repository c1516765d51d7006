"""Choosing on PublicTest: folds, out-of-fold figures and subsets."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from fer_core.bench import synthetic
from fer_core.ensemble import (
    COMBINERS,
    WEIGHTINGS,
    Explorer,
    Setting,
    choose,
    out_of_fold_accuracy,
    ranked_subsets,
    searchable,
    stratified_folds,
)

LOGITS, LABELS = synthetic()
NAMES = ("a", "b", "c", "d")
N = 400


def made(members: int = 4) -> Explorer:
    logits = {split: part[:members, :N] for split, part in LOGITS.items()}
    return Explorer(NAMES[:members], logits, {split: own[:N] for split, own in LABELS.items()})


def test_folds_are_stratified_and_seeded() -> None:
    labels = LABELS["valid"]
    folds = stratified_folds(labels)
    assert (folds == stratified_folds(labels)).all()
    assert (folds != stratified_folds(labels, seed=1)).any()
    oracle = StratifiedKFold(5, shuffle=True, random_state=0).split(labels, labels)
    expected = [np.bincount(labels[inside], minlength=7) for _, inside in oracle]
    for number in range(5):
        assert np.abs(np.bincount(labels[folds == number], minlength=7) - expected[number]).max() <= 1
    for count in (1, len(labels) + 1):
        with pytest.raises(ValueError, match="folds: expected 2 to"):
            stratified_folds(labels, folds=count)


@pytest.mark.parametrize("combiner", COMBINERS)
def test_out_of_fold_accuracy_is_that_of_weights_fitted_elsewhere(combiner: str) -> None:
    explorer = made()
    part, right = explorer.part("valid"), 0
    folds = stratified_folds(part.labels)
    for number in range(5):
        inside = folds == number
        logits = {"valid": LOGITS["valid"][:4, :N][:, ~inside], "test": LOGITS["valid"][:4, :N][:, inside]}
        refitted = Explorer(NAMES, logits, {"valid": part.labels[~inside], "test": part.labels[inside]})
        right += refitted.recompute(Setting(NAMES, "categorical", combiner)).correct
    assert out_of_fold_accuracy(explorer, NAMES, "categorical", combiner) == right / N
    plain = explorer.recompute(Setting(NAMES, "equal", combiner, split="valid")).accuracy
    if COMBINERS[combiner].fit is None:
        assert out_of_fold_accuracy(explorer, NAMES, "equal", combiner) == plain  # nothing is fitted


def test_a_manual_weighting_has_no_out_of_fold_accuracy_and_no_best_subset() -> None:
    with pytest.raises(ValueError, match="weighting: expected one that is fitted, got 'manual'"):
        out_of_fold_accuracy(made(), NAMES, "manual", "hard_vote")
    with pytest.raises(ValueError, match="weighting: expected one that is fitted, got 'manual'"):
        ranked_subsets(made(), "manual", "hard_vote")
    with pytest.raises(ValueError, match="combiner: expected one of"):
        ranked_subsets(made(), "equal", "best")


@pytest.mark.parametrize(("weighting", "combiner"), searchable())
def test_subsets_are_all_scored_on_public_test_out_of_fold(weighting: str, combiner: str) -> None:
    explorer = made()
    ranked = ranked_subsets(explorer, weighting, combiner)
    assert len({found.setting.members for found in ranked}) == len(ranked) == 2**4 - 1
    for found in ranked:
        assert found.setting.split == "valid"
        fair = out_of_fold_accuracy(explorer, found.setting.members, weighting, combiner)
        assert found.valid_accuracy == fair
        if not WEIGHTINGS[weighting].fitted:
            assert found.valid_accuracy == explorer.recompute(found.setting).accuracy
    keys = [(-found.valid_accuracy, len(found.setting.members)) for found in ranked]
    assert keys == sorted(keys)


def test_the_chosen_setting_is_best_of_all_on_public_test() -> None:
    explorer = made(3)
    best = choose(explorer)
    assert best.valid_accuracy == max(
        ranked_subsets(explorer, weighting, combiner)[0].valid_accuracy for weighting, combiner in searchable()
    )
    assert ("equal", "mean_probability") in searchable()


def test_a_scheme_without_sums_has_no_best_subset() -> None:
    for weighting, combiner in (("simplex", "mean_probability"), ("equal", "median"), ("equal", "stacking")):
        assert (weighting, combiner) not in searchable()
        with pytest.raises(ValueError, match=r"^combiner: (Likelihood weights are fitted|Median is|Stacking is)"):
            ranked_subsets(made(), weighting, combiner)
