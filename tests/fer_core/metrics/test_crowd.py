"""Decisions and probabilities against a crowd: by SciPy, by plain loops and by hand."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy, norm, sem

from fer_core.metrics.crowd import Sides, conflicts, cross_entropy, flows, shares_of, sides
from fer_core.metrics.scores import Z95
from tests.examples import examples

VOTES = arrays(np.uint8, st.tuples(st.integers(1, 12), st.just(7)), elements=st.integers(0, 10))
CLASSES = arrays(np.int64, 30, elements=st.integers(0, 6))
CROWD = arrays(np.int64, 30, elements=st.integers(-1, 6))


def drawn(n: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.RandomState(seed).dirichlet(np.ones(7), n)


@examples(100)
@given(VOTES)
def test_cross_entropy_is_entropy_and_divergence_of_scipy(votes: np.ndarray) -> None:
    p, some = drawn(len(votes)), votes.sum(axis=1) > 0
    if not some.any():
        with pytest.raises(ValueError, match=r"^votes: expected a vote for some class"):
            cross_entropy(p, votes)
        return
    found, crowd = cross_entropy(p, votes), votes[some] / votes[some].sum(axis=1, keepdims=True)
    losses = entropy(crowd, axis=1) + entropy(crowd, p[some], axis=1)
    assert found.images == some.sum()
    assert found.value == pytest.approx(losses.mean())
    assert found.entropy == pytest.approx(entropy(crowd, axis=1).mean(), abs=1e-12)
    assert found.divergence == pytest.approx(entropy(crowd, p[some], axis=1).mean())
    if some.sum() > 1:
        low, high = norm.interval(0.95, found.value, sem(losses)) if sem(losses) else (found.value,) * 2
        assert found.interval == pytest.approx((low, high))
    else:
        assert found.interval is None


@examples(100)
@given(VOTES)
def test_nothing_beats_the_crowds_own_shares(votes: np.ndarray) -> None:
    if not votes.any():
        return
    own = np.nan_to_num(shares_of(votes), nan=1 / 7)
    exact, other = cross_entropy(own, votes), cross_entropy(0.9 * own + 0.1 * drawn(len(votes)), votes)
    assert exact.divergence == pytest.approx(0, abs=1e-12)
    assert exact.value <= other.value + 1e-12


def test_a_class_that_somebody_sees_and_that_has_no_share_has_no_cross_entropy() -> None:
    votes = np.array([[9, 1, 0, 0, 0, 0, 0], [0] * 7], np.uint8)
    sure = np.tile(np.eye(7)[0], (2, 1))
    found = cross_entropy(sure, votes)
    assert math.isnan(found.value)
    assert found.interval is None
    assert found.entropy == pytest.approx(entropy([0.9, 0.1]))
    assert cross_entropy(sure, np.array([[9, 0, 0, 0, 0, 0, 0], [0] * 7], np.uint8)).value == 0
    assert np.isnan(shares_of(votes)[1]).all()


def test_the_interval_holds_the_mean_as_often_as_it_says() -> None:
    rng, held = np.random.RandomState(0), 0
    p, votes = drawn(20_000, 1), rng.multinomial(10, np.ones(7) / 7, 20_000).astype(np.uint8)
    truth = cross_entropy(p, votes).value
    for _ in range(400):
        at = rng.choice(20_000, 300)
        low, high = cross_entropy(p[at], votes[at]).interval or (0, 0)
        held += low <= truth <= high
    assert abs(held / 400 - 0.95) < 0.035
    assert norm.ppf(0.975) == pytest.approx(Z95, rel=1e-12)


@examples(100)
@given(CLASSES, CLASSES, CROWD, arrays(np.bool_, 30))
def test_sides_and_flows_are_what_a_loop_counts(
    decided: np.ndarray, labels: np.ndarray, plurality: np.ndarray, among: np.ndarray
) -> None:
    differ, expected, pairs = conflicts(labels, plurality, among), [0, 0, 0], {}
    for said, label, crowd, counts in zip(decided, labels, plurality, among, strict=True):
        if counts and crowd != -1 and crowd != label:
            expected[0 if said == label else 1 if said == crowd else 2] += 1
            pairs[label, crowd] = pairs.get((label, crowd), 0) + 1
    found = sides(decided, labels, plurality, differ)
    assert found == Sides(*expected)
    assert found.images == differ.sum() == sum(expected)
    counted = flows(labels, plurality, differ, 7)
    assert {(i, j): counted[i, j] for i, j in zip(*np.nonzero(counted), strict=True)} == pairs
    assert conflicts(labels, plurality).sum() >= differ.sum()


def test_misuse_is_named() -> None:
    with pytest.raises(ValueError, match=r"^votes: expected shape \[2, 7\]"):
        cross_entropy(drawn(2), np.ones((3, 7), np.uint8))
    labels = np.zeros(3, np.int64)
    with pytest.raises(ValueError, match=r"^plurality: expected shape \[3\]"):
        conflicts(labels, labels[:2])
    with pytest.raises(ValueError, match=r"^decided: expected shape \[3\]"):
        sides(labels[:2], labels, labels, labels > 0)
