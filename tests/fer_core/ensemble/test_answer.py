"""Temperatures against SciPy's minimum, and answers against SciPy's entropy and the cached decisions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import entropy as scipy_entropy

from fer_core.ensemble import (
    COMBINERS,
    WEIGHTINGS,
    Answer,
    Explorer,
    Setting,
    answers,
    fit_temperature,
    log_softmax,
    temperature_scaled,
)
from fer_core.ensemble.answer import entropy
from fer_core.ensemble.temperature import COLDEST, HOTTEST
from tests.examples import examples
from tests.synthetic import labels_of, logits_of

QUICK = examples(40)
MEMBERS = 4
NAMES = tuple(f"m{i}" for i in range(MEMBERS))
PAIRS = [(w, c) for w in WEIGHTINGS if w != "manual" for c in COMBINERS]


def loss(temperature: float, shares: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    logs = log_softmax(np.log(shares) / temperature)
    return -float(logs[np.arange(len(labels)), labels].mean())


def world(seed: int, n: int, strength: float, right: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return shares [n,7] of some strength, and labels that follow them with a probability."""
    rng = np.random.RandomState(seed)
    shares = np.exp(np.maximum(log_softmax(strength * rng.standard_normal((n, 7)) ** 3), -700))
    labels = np.where(rng.rand(n) < right, shares.argmax(axis=1), rng.randint(0, 7, n)).astype(np.int64)
    return shares / shares.sum(axis=1, keepdims=True), labels


@QUICK
@given(
    st.integers(0, 10_000),
    st.sampled_from([1, 2, 5, 60]),
    st.sampled_from([1e-4, 0.3, 1, 4, 40, 300]),
    st.sampled_from([0, 0.2, 0.7, 0.95, 1]),
)
def test_no_temperature_has_a_smaller_loss(seed: int, n: int, strength: float, right: float) -> None:
    """Among those that are ever returned, for shares from nearly equal to very sure, few or many, right or wrong."""
    shares, labels = world(seed, n, strength, right)
    found = fit_temperature(shares, labels)
    assert found is not None
    assert COLDEST <= found <= HOTTEST
    grid = np.geomspace(COLDEST, HOTTEST, 60)
    best = grid[np.argmin([loss(t, shares, labels) for t in grid])]
    bounds = (max(COLDEST, best / 1.2), min(HOTTEST, best * 1.2))
    least = minimize_scalar(loss, bounds=bounds, args=(shares, labels), options={"xatol": 1e-10})
    assert loss(found, shares, labels) <= least.fun + 1e-9 * max(1, least.fun)


def test_the_temperature_is_scipy_s() -> None:
    for seed, strength in ((0, 0.5), (1, 1.5), (2, 4)):
        shares, labels = world(seed, 500, strength, 0.6)
        least = minimize_scalar(loss, bounds=(COLDEST, HOTTEST), args=(shares, labels), options={"xatol": 1e-10})
        assert fit_temperature(shares, labels) == pytest.approx(least.x, rel=1e-5)


@pytest.mark.parametrize("temperature", [0.4, 1, 1.7, 6])
def test_a_known_temperature_is_recovered(temperature: float) -> None:
    """Labels are drawn from the cooled shares, so that those are right."""
    rng = np.random.RandomState(0)
    shares = np.exp(log_softmax(2 * rng.standard_normal((40_000, 7))))
    true = temperature_scaled(shares, temperature)
    labels = (true.cumsum(axis=1) < rng.rand(40_000, 1)).sum(axis=1).clip(max=6)
    assert fit_temperature(shares, labels) == pytest.approx(temperature, rel=0.03)


def test_the_ends_are_returned_where_no_temperature_is_best() -> None:
    shares = np.array([[0.4, *[0.1] * 6]] * 5)
    assert fit_temperature(shares, np.zeros(5, np.int64)) == pytest.approx(COLDEST, rel=1e-6)
    assert fit_temperature(shares, np.ones(5, np.int64)) == pytest.approx(HOTTEST, rel=1e-6)
    assert fit_temperature(np.full((5, 7), 1 / 7), np.zeros(5, np.int64)) == 1


def test_a_share_of_zero_has_no_temperature() -> None:
    shares, labels = world(0, 20, 1, 0.7)
    shares[3] = np.eye(7)[labels[3]]
    assert fit_temperature(shares, labels) is None


def test_misuse_of_temperatures_names_the_argument() -> None:
    shares, labels = world(0, 20, 1, 0.7)
    for wrong in (labels[:-1], labels[:, None], labels[:0]):
        with pytest.raises(ValueError, match=r"labels: expected one a row of \[20, 7\]"):
            fit_temperature(shares, wrong)
    for nothing in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="temperature: expected a positive number"):
            temperature_scaled(shares, nothing)


@QUICK
@given(st.integers(0, 10_000), st.floats(0.1, 15))
def test_cooling_keeps_the_order_and_the_sum(seed: int, temperature: float) -> None:
    shares, _ = world(seed, 9, 1.5, 0.7)
    shares[0] = np.eye(7)[2]
    found = temperature_scaled(shares, temperature)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    order = np.take_along_axis(found, shares.argsort(axis=1), axis=1)
    assert (np.diff(order, axis=1) >= 0).all()
    assert (found[0] == np.eye(7)[2]).all()
    unsettled = shares.max(axis=1) < 1 - 1e-9  # nothing is surer than sure
    surer = (found.max(axis=1) > shares.max(axis=1))[unsettled]
    assert surer.all() if temperature < 0.99 else not surer.any() or temperature < 1.01
    np.testing.assert_allclose(temperature_scaled(found, 1 / temperature)[1:], shares[1:], rtol=1e-6)
    np.testing.assert_allclose(temperature_scaled(shares, 1), shares, atol=1e-15)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    rng = np.random.RandomState(0)
    labels = {split: labels_of(200, rng) for split in ("valid", "test")}
    return Explorer(NAMES, {split: logits_of(labels[split], MEMBERS, rng) for split in labels}, labels)


@pytest.fixture(scope="module")
def faces() -> NDArray[np.float32]:
    """Logits of faces that nobody labelled: float32 [4,30,7], the last face the same for all members."""
    rng = np.random.RandomState(7)
    logits = (2 * rng.standard_normal((MEMBERS, 30, 7)) + 2 * rng.standard_normal((30, 7))).astype(np.float32)
    logits[:, -1] = logits[0, -1]
    return logits


@pytest.mark.parametrize(("weighting", "combiner"), PAIRS)
@pytest.mark.parametrize("members", [NAMES, ("m2",), ("m3", "m0")])
def test_other_images_are_decided_like_cached_ones(
    explorer: Explorer, weighting: str, combiner: str, members: tuple[str, ...]
) -> None:
    setting = Setting(members, weighting, combiner)
    logits = explorer.part("test").logs.astype(np.float32)
    same = Explorer(NAMES, {"valid": explorer.part("valid").logs.astype(np.float32), "test": logits}, {
        split: explorer.part(split).labels for split in ("valid", "test")
    })  # fmt: skip
    cached, found = same.decide(setting), same.decide_on(setting, logits)
    assert (cached.shares == found.shares).all()
    assert (cached.labels == found.labels).all()
    few = same.decide_on(setting, logits[:, 5:8])
    np.testing.assert_allclose(few.shares, cached.shares[5:8])
    assert answers(same, setting, logits[:, :0], temperature=1.0) == []


def test_logits_of_other_members_are_refused(explorer: Explorer, faces: NDArray[np.float32]) -> None:
    for wrong in (faces[:3], faces[0]):
        with pytest.raises(ValueError, match=r"logits: expected shape \[4,F,7\]"):
            explorer.decide_on(Setting(NAMES), wrong)


@pytest.mark.parametrize(("weighting", "combiner"), PAIRS)
def test_answers_say_what_the_decision_does(
    explorer: Explorer, faces: NDArray[np.float32], weighting: str, combiner: str
) -> None:
    setting = Setting(("m3", "m0", "m1"), weighting, combiner)
    decision = explorer.decide_on(setting, faces)
    found = answers(explorer, setting, faces, temperature=None)
    assert [answer.label for answer in found] == decision.labels.tolist()
    probabilities = np.exp(log_softmax(faces))
    for i, answer in enumerate(found):
        assert (answer.shares == decision.shares[i]).all()
        assert answer.members == NAMES
        assert answer.chosen.tolist() == [True, True, False, True]
        np.testing.assert_allclose(answer.probabilities, probabilities[:, i])
        assert answer.votes.tolist() == faces[:, i].argmax(axis=1).tolist()
        assert answer.against == sum(answer.votes[m] != answer.label for m in (0, 1, 3))
        assert answer.confidence is None
    assert {answer.against for answer in found} >= {0, 1, 2}
    assert max(answer.against for answer in found) <= 3


def test_disagreement_is_scipy_s_entropy(explorer: Explorer, faces: NDArray[np.float32]) -> None:
    found = answers(explorer, Setting(("m0", "m2", "m3")), faces, temperature=None)
    probabilities = np.exp(log_softmax(faces[[0, 2, 3]]))
    total = scipy_entropy(probabilities.mean(axis=0), axis=1)
    information = total - scipy_entropy(probabilities, axis=2).mean(axis=0)
    np.testing.assert_allclose([answer.entropy for answer in found], total)
    np.testing.assert_allclose([answer.information for answer in found], information, atol=1e-12)
    for answer in found:
        assert 0 <= answer.information <= answer.entropy <= math.log(7)
    assert found[-1].information == pytest.approx(0, abs=1e-12)
    assert found[-1].against == 0
    assert found[0].information > 0.01


def test_entropy_at_its_ends() -> None:
    found = entropy(np.stack([np.eye(7)[3], np.full(7, 1 / 7)]))
    np.testing.assert_allclose(found, [0, math.log(7)])
    assert not np.signbit(found[0])


def test_the_confidence_is_the_cooled_share(explorer: Explorer, faces: NDArray[np.float32]) -> None:
    plain = answers(explorer, Setting(NAMES), faces, temperature=1.0)
    warm = answers(explorer, Setting(NAMES), faces, temperature=2.0)
    for one, two in zip(plain, warm, strict=True):
        assert one.confidence == pytest.approx(one.shares.max())
        assert two.confidence == pytest.approx(np.sqrt(two.shares.max()) / np.sqrt(two.shares).sum())
        assert (one.shares == two.shares).all()
        assert one.label == two.label


def test_a_member_alone_answers_for_itself(explorer: Explorer, faces: NDArray[np.float32]) -> None:
    alone: list[Answer] = answers(explorer, Setting(("m2",), "categorical"), faces, temperature=1.0)
    for i, answer in enumerate(alone):
        np.testing.assert_allclose(answer.shares, answer.probabilities[2], atol=1e-12)
        assert (answer.label, answer.against) == (faces[2, i].argmax(), 0)
        assert answer.information == pytest.approx(0, abs=1e-12)


def test_very_sure_members_do_not_break_it(explorer: Explorer) -> None:
    logits = np.zeros((MEMBERS, 2, 7), np.float32)
    logits[:, 0, 3], logits[0, 1, 0], logits[1:, 1, 1] = 5000, 5000, 5000
    sure, split = answers(explorer, Setting(NAMES), logits, temperature=0.5)
    assert (sure.label, sure.against) == (3, 0)
    assert (sure.confidence, sure.entropy) == (pytest.approx(1), pytest.approx(0, abs=1e-12))
    assert (split.label, split.against) == (1, 1)
    assert split.information == pytest.approx(scipy_entropy([0.25, 0.75]))
