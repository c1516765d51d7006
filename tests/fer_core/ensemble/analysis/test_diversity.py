"""Measures of how members differ, against scikit-learn and plain loops."""

import math
import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score, matthews_corrcoef

from fer_core.ensemble.analysis.diversity import MEASURES, correlation, counts, kappa, pair_error, pairs
from fer_core.ensemble.subsets.contributions import interactions, synergy
from tests.examples import examples
from tests.fer_core.ensemble.subsets.test_contributions import GAMES, bits
from ui.diversity.choice import DiversityChoice

QUICK = examples(60)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 40))
RIGHT = SHAPES.flatmap(lambda shape: arrays(bool, shape))
DECIDED = SHAPES.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(0, 3)))


def by_hand(measure: str, one: np.ndarray, other: np.ndarray) -> float:
    both = sum(a and b for a, b in zip(one, other, strict=True))
    neither = sum(not a and not b for a, b in zip(one, other, strict=True))
    first = sum(a and not b for a, b in zip(one, other, strict=True))
    second, n = len(one) - both - neither - first, len(one)
    if measure == "disagreement":
        return (first + second) / n
    if measure == "double_fault":
        return neither / n
    above = both * neither - first * second
    below = both * neither + first * second
    if measure == "correlation":
        below = math.sqrt((both + first) * (second + neither) * (both + second) * (first + neither))
    return above / below if below else math.nan


@QUICK
@given(right=RIGHT)
@pytest.mark.parametrize("name", MEASURES)
def test_measures_are_as_defined(name: str, right: np.ndarray) -> None:
    found = MEASURES[name].of(right)
    expected = [[by_hand(name, one, other) for other in right] for one in right]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    low = 0 if MEASURES[name].share else -1
    assert np.all((found[~np.isnan(found)] >= low - 1e-12) & (found[~np.isnan(found)] <= 1 + 1e-12))
    assert not MEASURES[name].share or not np.isnan(found).any()


@QUICK
@given(right=RIGHT)
def test_the_four_counts_hold_every_image_once(right: np.ndarray) -> None:
    both, first, second, neither = counts(right)
    assert np.all(both + first + second + neither == right.shape[1])
    np.testing.assert_array_equal(first, second.T)


@QUICK
@given(right=RIGHT)
def test_the_correlation_is_that_of_matthews(right: np.ndarray) -> None:
    found = correlation(right)
    for i, j, value in pairs(found):
        if np.isnan(value):
            assert any(len(set(right[k].tolist())) == 1 for k in (i, j))
        else:
            assert value == pytest.approx(matthews_corrcoef(right[i], right[j]), abs=1e-12)


@QUICK
@given(decided=DECIDED)
def test_kappa_is_scikit_learns(decided: np.ndarray) -> None:
    found = kappa(decided, 4)
    for i, j, value in pairs(found):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = cohen_kappa_score(decided[i], decided[j], labels=[0, 1, 2, 3])
        assert value == pytest.approx(expected, abs=1e-12, nan_ok=True)
        alike = set(decided[i].tolist()) == set(decided[j].tolist()) and len(set(decided[i].tolist())) == 1
        assert np.isnan(value) == alike


def test_members_that_say_the_same_do_not_differ() -> None:
    right = np.tile(np.arange(10) % 3 > 0, (3, 1))
    assert np.all(MEASURES["disagreement"].of(right) == 0)
    for name in ("yules_q", "correlation"):
        np.testing.assert_allclose(MEASURES[name].of(right), 1, atol=1e-12)
    np.testing.assert_allclose(MEASURES["double_fault"].of(right), 0.4)
    np.testing.assert_allclose(pair_error(right), 0.4)


def test_q_of_members_that_are_always_right_is_not_told() -> None:
    right = np.ones((2, 5), bool)
    assert np.isnan(MEASURES["yules_q"].of(right)).all()
    assert np.isnan(MEASURES["correlation"].of(right)).all()


def test_what_cannot_be_compared_is_refused() -> None:
    for wrong in (np.ones((2, 0), bool), np.ones(3, bool), np.ones((2, 3))):
        with pytest.raises(ValueError, match=r"^right: expected bool \[M,N\]"):
            counts(wrong)
    with pytest.raises(ValueError, match=r"^predicted: expected classes 0 to 2, got 0 to 3"):
        kappa(np.array([[0, 3]]), 3)
    with pytest.raises(ValueError, match=r"^predicted: expected \[M,N\]"):
        kappa(np.array([0, 3]), 4)


def test_a_link_knows_every_measure() -> None:
    assert tuple(MEASURES) == DiversityChoice.WORDS["measure"]


@QUICK
@given(values=GAMES)
def test_synergy_leaves_out_the_empty_ensemble_alone(values: np.ndarray) -> None:
    members, found = len(values).bit_length() - 1, synergy(values)
    if members < 3:
        np.testing.assert_array_equal(found, interactions(values))
        return
    np.testing.assert_array_equal(found, found.T)
    assert np.all(np.diag(found) == 0)
    for i, j in combinations(range(members), 2):
        rest, total, weights = [k for k in range(members) if k not in (i, j)], 0.0, 0.0
        for size in range(1, len(rest) + 1):
            for some in combinations(rest, size):
                s, both = bits(some), 1 << i | 1 << j
                weight = math.factorial(size) * math.factorial(members - size - 2)
                total += weight * (values[s | both] - values[s | 1 << i] - values[s | 1 << j] + values[s])
                weights += weight
        assert found[i, j] == pytest.approx(total / weights, abs=1e-9)
