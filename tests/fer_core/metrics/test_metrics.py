"""Metrics against scikit-learn and SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn import metrics as oracle
from sklearn.calibration import calibration_curve

from fer_core.metrics import (
    accuracy,
    brier,
    calibration_error,
    confusion,
    log_likelihood_loss,
    macro_f1,
    mcnemar,
    recalls,
    reliability,
    wilson,
)
from tests.examples import examples

QUICK = examples(40)
CLASSES = 7
Case = tuple[NDArray[np.float64], NDArray[np.int64]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw probabilities [N,7] and labels [N]: few images, so that classes are missing, and sometimes ties."""
    n, kinds = draw(st.integers(1, 40)), draw(st.integers(1, CLASSES))
    rng = np.random.RandomState(draw(st.integers(0, 10_000)))
    probabilities = rng.dirichlet(np.full(CLASSES, 0.5), n) + 1e-6
    if draw(st.booleans()):  # coarse values: ties, and confidences on the edges of bins
        probabilities = np.round(probabilities * 5) + 0.2
    return probabilities / probabilities.sum(axis=1, keepdims=True), rng.randint(0, kinds, n).astype(np.int64)


@QUICK
@given(cases())
def test_decisions_are_scored_as_scikit_learn_does(case: Case) -> None:
    probabilities, labels = case
    predicted = probabilities.argmax(axis=1)
    counts, every = confusion(predicted, labels, CLASSES), list(range(CLASSES))
    assert accuracy(predicted, labels) == pytest.approx(oracle.accuracy_score(labels, predicted))
    assert (counts == oracle.confusion_matrix(labels, predicted, labels=every)).all()
    assert macro_f1(counts) == pytest.approx(oracle.f1_score(labels, predicted, average="macro", zero_division=0))
    expected = oracle.recall_score(labels, predicted, labels=every, average=None, zero_division=np.nan)
    np.testing.assert_allclose(recalls(counts), expected)


@QUICK
@given(cases())
def test_probabilities_are_scored_as_scikit_learn_does(case: Case) -> None:
    probabilities, labels = case
    every = list(range(CLASSES))
    assert log_likelihood_loss(probabilities, labels) == pytest.approx(
        oracle.log_loss(labels, probabilities, labels=every)
    )
    assert brier(probabilities, labels) == pytest.approx(
        oracle.brier_score_loss(labels, probabilities, labels=every, scale_by_half=False)
    )


@QUICK
@given(cases(), st.integers(1, 20))
def test_calibration_error_is_the_gap_of_each_bin(case: Case, bins: int) -> None:
    probabilities, labels = case
    expected = 0.0
    for b in range(bins):
        rows = [
            (row.max(), row.argmax() == label)
            for row, label in zip(probabilities, labels, strict=True)
            if b / bins + 1e-9 < row.max() <= (b + 1) / bins + 1e-9
        ]
        if rows:
            confidence, right = (np.array(part, float) for part in zip(*rows, strict=True))
            expected += len(rows) / len(labels) * abs(confidence.mean() - right.mean())
    assert calibration_error(probabilities, labels, bins=bins) == pytest.approx(expected, abs=1e-12)


@QUICK
@given(cases(), st.integers(1, 20))
def test_the_reliability_curve_is_scikit_learns(case: Case, bins: int) -> None:
    probabilities, labels = case
    confidence, right = probabilities.max(axis=1) - 1e-6, probabilities.argmax(axis=1) == labels  # off the edges
    found = reliability(confidence, right, bins=bins)
    full = found.counts > 0
    accuracy_of, confidence_of = calibration_curve(right, confidence, n_bins=bins, strategy="uniform")
    np.testing.assert_allclose(found.accuracy[full], accuracy_of)
    np.testing.assert_allclose(found.confidence[full], confidence_of)
    assert np.isnan(found.accuracy[~full]).all()
    assert found.counts.sum() == len(labels)
    gaps = np.abs(found.accuracy - found.confidence)[full]
    assert found.ece == pytest.approx(float((gaps * found.counts[full]).sum() / len(labels)), abs=1e-12)
    assert found.excess == pytest.approx(float(confidence.mean() - right.mean()), abs=1e-12)


@pytest.mark.parametrize("right", [True, False])
def test_a_confidence_of_one_is_in_the_last_bin(right: bool) -> None:
    probabilities, labels = np.eye(CLASSES)[[3, 3]], np.array([3, 3 if right else 2])
    assert calibration_error(probabilities, labels) == pytest.approx(0 if right else 0.5)


def test_rounding_moves_no_vote_share_to_another_bin() -> None:
    """Three of nine votes, summed up or divided, lie on the edge of bin 5 of 15."""
    exact, summed = 1 / 3, sum([1 / 9] * 3)
    above = np.nextafter(exact, 1)
    rows = [np.array([[p, 1 - p - 0.4, 0.4 - 0.1, 0.1]]) for p in (exact, summed, above)]
    high = np.array([[0.34, 0.33, 0.33, 0.0]])
    labels = np.array([1, 0])
    scores = {calibration_error(np.concatenate([row, high]), labels) for row in rows}
    assert max(scores) - min(scores) < 1e-12


@QUICK
@given(st.integers(1, 4000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.9, 0.95]))
def test_the_interval_is_scipys(case: tuple[int, int], confidence: float) -> None:
    correct, n = case
    expected = binomtest(correct, n).proportion_ci(confidence, method="wilson")
    low, high = wilson(correct, n, confidence=confidence)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= low <= correct / n <= high <= 1


@QUICK
@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 5))
def test_the_paired_test_is_scipys(only_first: int, only_second: int, both: int) -> None:
    first = np.repeat([True, False, True], [only_first, only_second, both])
    second = np.repeat([False, True, True], [only_first, only_second, both])
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second) == (only_first, only_second)
    n = only_first + only_second
    assert found.p == pytest.approx(binomtest(only_first, n).pvalue if n else 1.0, rel=1e-9)
    assert mcnemar(second, first).p == found.p


def test_the_paired_test_of_equal_decisions_is_one() -> None:
    same = np.array([True, False, True])
    assert mcnemar(same, same).p == 1.0


def test_the_paired_test_of_a_whole_split_does_not_overflow() -> None:
    first = np.arange(3589) % 2 == 0
    assert mcnemar(first, ~first).p == pytest.approx(1.0, abs=0.02)
    assert mcnemar(np.ones(3589, bool), np.zeros(3589, bool)).p == 0.0


def test_no_share_for_a_true_class_has_no_likelihood() -> None:
    probabilities = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert math.isnan(log_likelihood_loss(probabilities, np.array([1, 0])))
    assert log_likelihood_loss(probabilities, np.array([0, 0])) == pytest.approx(math.log(2) / 2)


def test_misuse_names_the_argument() -> None:
    two, three = np.array([0, 1]), np.array([0, 1, 2])
    with pytest.raises(ValueError, match=r"predicted: expected shape \[3\], got \[2\]"):
        accuracy(two, three)
    with pytest.raises(ValueError, match="labels: expected at least one image"):
        confusion(two[:0], two[:0], 7)
    with pytest.raises(ValueError, match="predicted: expected classes 0 to 1, got 0 to 2"):
        confusion(three, np.array([0, 1, 1]), 2)
    with pytest.raises(ValueError, match="labels: expected classes 0 to 1, got -1 to 1"):
        confusion(two, np.array([-1, 1]), 2)
    with pytest.raises(ValueError, match="counts: "):
        macro_f1(np.zeros((2, 2), np.int64))
    for score in (log_likelihood_loss, brier, calibration_error):
        with pytest.raises(ValueError, match=r"labels: expected one a row of \[2, 7\], got \[3\]"):
            score(np.full((2, 7), 1 / 7), three)
    with pytest.raises(ValueError, match="bins: "):
        calibration_error(np.full((2, 7), 1 / 7), two, bins=0)
    with pytest.raises(ValueError, match=r"right: expected shape \[2\], got \[3\]"):
        reliability(np.full(2, 0.5), three == 0)
    with pytest.raises(ValueError, match="confidence: expected at least one image"):
        reliability(np.full(2, 0.5)[:0], two[:0] == 0)
    with pytest.raises(ValueError, match="second: "):
        mcnemar(two == 0, three == 0)
    with pytest.raises(ValueError, match="correct: expected 0 to n = 3"):
        wilson(4, 3)
    with pytest.raises(ValueError, match="confidence: "):
        wilson(1, 3, confidence=95)
