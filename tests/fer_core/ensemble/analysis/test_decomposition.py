"""Losses taken apart add up, and bias and variance are found without bias."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from fer_core.artifacts import Card
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting
from fer_core.ensemble.analysis.decomposition import (
    LOSSES,
    bias_variance,
    cross_entropy,
    decompose,
    families,
    scalar_weights,
    squared_error,
)
from fer_core.metrics import brier, log_likelihood_loss
from tests.examples import examples
from tests.fer_core.ensemble.subsets.test_every import MANUAL, NAMES, made
from tests.synthetic import card

QUICK = examples(60)


@st.composite
def ensembles(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw log-probabilities float64 [M,N,C], weights float64 [M], some of them zero, and labels int64 [N]."""
    members, images, classes = draw(st.integers(1, 5)), draw(st.integers(1, 12)), draw(st.integers(2, 7))
    rng = np.random.RandomState(draw(st.integers(0, 9999)))
    logs = draw(st.sampled_from([0.1, 1.0, 30.0])) * rng.standard_normal((members, images, classes))
    logs -= logs.max(axis=2, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=2, keepdims=True))
    weights = rng.rand(members) * (rng.rand(members) < 0.8)
    weights[0] += 0.1
    return logs, weights / weights.sum(), rng.randint(classes, size=images)


@QUICK
@given(made_up=ensembles())
def test_the_brier_score_is_the_mean_members_less_ambiguity(made_up: tuple[np.ndarray, ...]) -> None:
    logs, weights, labels = made_up
    found, probabilities = squared_error(logs, weights, labels), np.exp(logs)
    pooled = sum(w * p for w, p in zip(weights, probabilities, strict=True))
    assert found.ensemble == pytest.approx(brier(pooled, labels), abs=1e-9)
    np.testing.assert_allclose(found.members, [brier(each, labels) for each in probabilities], atol=1e-9)
    apart = [np.mean([((p - q) ** 2).sum() for p, q in zip(each, pooled, strict=True)]) for each in probabilities]
    np.testing.assert_allclose(found.apart, apart, atol=1e-9)
    assert found.mean_member - found.diversity == pytest.approx(found.ensemble, abs=1e-9)
    assert found.diversity >= 0


@QUICK
@given(made_up=ensembles())
def test_the_log_loss_is_the_mean_members_less_divergence(made_up: tuple[np.ndarray, ...]) -> None:
    logs, weights, labels = made_up
    found = cross_entropy(logs, weights, labels)
    assert found.mean_member - found.diversity == pytest.approx(found.ensemble, abs=1e-9, rel=1e-9)
    decision = COMBINERS["mean_log_probability"].combine(logs, np.repeat(weights[:, None], logs.shape[2], axis=1))
    assert found.ensemble == pytest.approx(log_likelihood_loss(decision.shares, labels), abs=1e-9, rel=1e-9)
    for i, each in enumerate(np.exp(logs)):
        assert found.members[i] == pytest.approx(log_likelihood_loss(each, labels), abs=1e-9, rel=1e-9)
        apart = np.mean([entropy(q, p) for q, p in zip(decision.shares, each, strict=True)])
        assert found.apart[i] == pytest.approx(apart, abs=1e-9, rel=1e-9)
    assert np.all(found.apart >= -1e-12)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("combiner", LOSSES)
def test_a_setting_is_taken_apart_where_each_member_has_one_weight(weighting: str, combiner: str) -> None:
    explorer, manual = made(), MANUAL if weighting == "manual" else ()
    setting = Setting(NAMES, weighting, combiner, manual, "test", twins=False)
    found, outcome = decompose(explorer, setting), explorer.recompute(setting)
    weights = scalar_weights(outcome.weights)
    assert (found is None) == (weights is None)
    if weighting in ("equal", "accuracy", "manual"):
        assert found is not None
    if weighting == "categorical":
        assert found is None
    if found is not None:
        expected = outcome.brier if combiner == "mean_probability" else outcome.nll
        assert found.ensemble == pytest.approx(expected, abs=1e-9)
        assert found.mean_member - found.diversity == pytest.approx(expected, abs=1e-9)


def test_members_are_taken_apart_in_the_settings_order() -> None:
    explorer = made()
    mixed = decompose(explorer, Setting(("d", "a"), "manual", "mean_probability", (2.0, 1.0)))
    assert mixed is not None
    np.testing.assert_allclose(mixed.weights, [2 / 3, 1 / 3])
    alone = explorer.recompute(Setting(("d",)))
    assert mixed.members[0] == pytest.approx(alone.brier, abs=1e-9)


def test_one_member_does_not_differ_from_itself() -> None:
    found = decompose(made(), Setting(("a",), "categorical"))
    assert found is not None
    assert found.diversity == pytest.approx(0, abs=1e-12)


def test_what_has_no_loss_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^combiner: expected one of mean_probability, mean_log_probability, got"):
        decompose(made(), Setting(NAMES, combiner="hard_vote"))
    logs, labels = np.log(np.full((2, 3, 4), 0.25)), np.zeros(3, np.int64)
    for wrong in ([0.5, 0.6], [1.5, -0.5], [1.0]):
        with pytest.raises(ValueError, match=r"^weights: expected 2 that sum to one"):
            squared_error(logs, np.array(wrong), labels)
    with pytest.raises(ValueError, match=r"^labels: expected one an image"):
        cross_entropy(logs, np.array([0.5, 0.5]), labels[:2])


def test_bias_and_variance_of_drawn_seeds_are_right_on_average() -> None:
    rng = np.random.RandomState(3)
    population, labels = rng.dirichlet(np.ones(3), (3, 4)), np.array([0, 1, 2, 0])
    truth, mean = np.eye(3)[labels], population.mean(axis=0)
    bias = ((mean - truth) ** 2).sum(axis=1).mean()
    variance = ((population - mean) ** 2).sum(axis=2).mean()
    drawn = [bias_variance(population[list(seeds)], labels) for seeds in product(range(3), repeat=3)]
    assert np.mean([each.bias for each in drawn]) == pytest.approx(bias, abs=1e-12)
    assert np.mean([each.variance for each in drawn]) == pytest.approx(variance, abs=1e-12)
    assert all(
        each.loss == each.bias + each.variance or math.isclose(each.loss, each.bias + each.variance) for each in drawn
    )
    with pytest.raises(ValueError, match=r"^probabilities: expected \[S,4,C\] of at least two seeds"):
        bias_variance(population[:1], labels)


def seeded(architecture: str, seed: int, **other: object) -> Card:
    return replace(card(architecture, {}), seed=seed, **other)  # type: ignore[arg-type]


def test_families_differ_in_nothing_but_the_seed() -> None:
    cards = {f"v{seed}": seeded("vgg", seed) for seed in range(5)}
    cards |= {"again": seeded("vgg", 4), "wide": seeded("vgg", 7, arguments={"width": 2}), "deep": seeded("deep", 9)}
    cards["longer"] = seeded("vgg", 8, recipe={"epochs": 9})
    assert families(cards) == (("v0", "v1", "v2", "v3", "v4"),)
    assert families(cards, least=6) == ()
    assert len(families(cards, least=1)) == 4
