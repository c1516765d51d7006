"""How sure a setting is, against SciPy's minimum of the log loss and a loop over folds."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from fer_core.calibration import temperature_of
from fer_core.ensemble import COMBINERS, Setting, log_softmax, stratified_folds
from fer_core.ensemble.analysis.confidence import confidence_of, scaled_out_of_fold
from tests.fer_core.ensemble.subsets.test_every import NAMES, made

SETTING = Setting(NAMES, "categorical")


def at_temperature(shares: np.ndarray, temperature: float) -> np.ndarray:
    powered = shares ** (1 / temperature)
    return powered / powered.sum(axis=1, keepdims=True)


def best(shares: np.ndarray, labels: np.ndarray) -> float:
    def loss(temperature: float) -> float:
        return float(-np.log(at_temperature(shares, temperature)[np.arange(len(labels)), labels]).mean())

    return float(minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-9}).x)


@pytest.mark.parametrize("twins", [True, False])
def test_the_temperature_is_public_tests_and_changes_no_decision(twins: bool) -> None:
    explorer, setting = made(), replace(SETTING, twins=twins)
    found, decision = confidence_of(explorer, setting), explorer.decide(setting)
    valid = explorer.decide(replace(SETTING, split="valid")).shares
    assert found.temperature == pytest.approx(best(valid, explorer.part("valid").labels), rel=1e-5)
    at = np.arange(len(found.labels)), decision.labels
    assert found.decided.tolist() == decision.labels.tolist()
    np.testing.assert_allclose(found.before, decision.shares[at])
    np.testing.assert_allclose(found.after, at_temperature(decision.shares, found.temperature)[at])
    assert found.shown(scaled=True) is found.after
    assert found.shown(scaled=False) is found.before
    assert found.right.mean() == explorer.recompute(setting).accuracy


@pytest.mark.parametrize("twins", [True, False])
def test_on_public_test_each_image_has_the_temperature_of_the_other_folds(twins: bool) -> None:
    explorer, setting = made(), replace(SETTING, split="valid", twins=twins)
    part, images = explorer.part("valid"), explorer.part("valid", twins=twins).images
    shares, folds = explorer.decide(replace(setting, twins=True)).shares, stratified_folds(part.labels)
    expected = np.array(
        [at_temperature(shares[i : i + 1], best(shares[folds != f], part.labels[folds != f]))[0].max()
         for f in range(5) for i in np.flatnonzero(folds == f)]
    )  # fmt: skip
    order = np.concatenate([np.flatnonzero(folds == f) for f in range(5)])
    whole = np.empty(len(order))
    whole[order] = expected
    np.testing.assert_allclose(confidence_of(explorer, setting).after, whole[images], rtol=1e-5)


@pytest.mark.parametrize("combiner", COMBINERS)
@pytest.mark.parametrize("weighting", ["categorical", "manual"])
def test_the_temperature_is_that_of_the_artifacts(combiner: str, weighting: str) -> None:
    explorer, manual = made(), tuple(np.linspace(0.2, 1, len(NAMES))) if weighting == "manual" else ()
    setting = Setting(NAMES, weighting, combiner, manual)
    assert confidence_of(explorer, setting).temperature == temperature_of(explorer, setting)


@pytest.mark.parametrize("combiner", COMBINERS)
@pytest.mark.parametrize("split", ["valid", "test"])
def test_every_rule_is_sure_of_something(combiner: str, split: str) -> None:
    found = confidence_of(made(), Setting(NAMES, "equal", combiner, split=split))
    for cooled in (True, False):
        shown = found.shown(scaled=cooled)
        assert shown.shape == found.decided.shape
        assert ((shown > 0) & (shown <= 1 + 1e-12)).all()


def test_votes_with_zeros_have_no_temperature() -> None:
    found = confidence_of(made(), Setting(NAMES, "equal", "hard_vote"))
    assert (found.temperature, found.after) == (None, None)
    assert found.shown(scaled=True) is found.before
    shares = np.exp(log_softmax(np.random.RandomState(0).standard_normal((30, 7))))
    shares[4] = np.eye(7)[0]
    with pytest.raises(ValueError, match=r"^unseen: expected positive numbers"):
        scaled_out_of_fold(shares, shares, np.arange(30) % 7)
