"""Weightings, combiners and the explorer on cases small enough to work out by hand."""

import csv
import io
import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_core.bench import synthetic
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import (
    COMBINERS,
    WEIGHTINGS,
    Explorer,
    Setting,
    confidence_order,
    normalised,
    predictions,
    predictions_csv,
)

LOGITS, LABELS = synthetic()
FIXED = [name for name, combiner in COMBINERS.items() if combiner.fit is None]
NAMES = ("a", "b", "c", "d")
N = 400


def made() -> Explorer:
    twins = {split: np.arange(N) % 10 == 3 for split in LABELS}
    logits = {split: part[:4, :N] for split, part in LOGITS.items()}
    return Explorer(NAMES, logits, {split: own[:N] for split, own in LABELS.items()}, twins)


def rows(*given: list[float]) -> np.ndarray:
    return np.log(np.array(given, float))[:, None]


def test_weights_by_hand() -> None:
    probabilities = np.array([[[0.8, 0.2], [0.6, 0.4]], [[0.5, 0.5], [0.1, 0.9]]])  # [M,N,C]
    labels = np.array([0, 1])
    fits = {name: entry.fit(probabilities, labels) for name, entry in WEIGHTINGS.items() if entry.fit is not None}
    assert fits["equal"].tolist() == [[1, 1], [1, 1]]
    assert fits["accuracy"].tolist() == [[0.5, 0.5], [1, 1]]
    assert fits["categorical"].tolist() == [[0.8, 0.4], [0.5, 0.9]]
    sure = math.log(0.999 / 0.001)
    np.testing.assert_allclose(fits["log_odds"], [[math.log(0.501 / 0.499)] * 2, [sure] * 2])
    np.testing.assert_allclose(normalised(fits["categorical"]), [[8 / 13, 4 / 13], [5 / 13, 9 / 13]])


def test_a_class_without_images_has_equal_weights_and_comes_last() -> None:
    probabilities, labels = np.array([[[0.2, 0.7, 0.1]], [[0.3, 0.3, 0.4]]]), np.array([1])
    fit = WEIGHTINGS["categorical"].fit
    assert fit is not None
    np.testing.assert_allclose(normalised(fit(probabilities, labels)), [[0.5, 0.7, 0.5], [0.5, 0.3, 0.5]])
    assert confidence_order(probabilities, labels).tolist() == [[1, 0, 2], [1, 0, 2]]


def test_the_confidence_order_is_by_the_true_class() -> None:
    probabilities = np.array([[[0.6, 0.3, 0.1], [0.1, 0.7, 0.2], [0.3, 0.3, 0.4]]])
    assert confidence_order(probabilities, np.array([0, 1, 2])).tolist() == [[1, 0, 2]]


def test_combiners_by_hand() -> None:
    logs, even = rows([0.8, 0.1, 0.1], [0.2, 0.6, 0.2]), np.ones((2, 3))
    mean = COMBINERS["mean_probability"].combine(logs, even)
    np.testing.assert_allclose(mean.shares, [[0.5, 0.35, 0.15]])
    geometric = np.sqrt([0.16, 0.06, 0.02])
    pooled = COMBINERS["mean_log_probability"].combine(logs, even)
    np.testing.assert_allclose(pooled.shares, [geometric / geometric.sum()])
    weights = np.array([[3.0, 1, 1], [1, 1, 0]])  # normalised: 3/4, 1/2, 1 and 1/4, 1/2, 0
    linear = np.array([0.65, 0.35, 0.1])
    np.testing.assert_allclose(COMBINERS["mean_probability"].combine(logs, weights).shares, [linear / linear.sum()])
    power = np.array([0.8**0.75 * 0.2**0.25, math.sqrt(0.06), 0.1])
    np.testing.assert_allclose(COMBINERS["mean_log_probability"].combine(logs, weights).shares, [power / power.sum()])
    vote = COMBINERS["hard_vote"].combine(logs, weights)
    np.testing.assert_allclose(vote.shares, [[0.6, 0.4, 0]])  # 3/4 for the first class, 1/2 for the second
    assert vote.labels.tolist() == [0]


def test_a_tied_vote_goes_by_mean_probability_among_the_tied() -> None:
    logs = rows([0.5, 0.49, 0.01], [0.05, 0.48, 0.47], [0.01, 0.49, 0.5], [0.6, 0.1, 0.3])
    decided = COMBINERS["hard_vote"].combine(logs, np.ones((4, 3)))
    assert decided.shares.tolist() == [[0.5, 0.25, 0.25]]
    assert decided.labels.tolist() == [0]
    three = COMBINERS["hard_vote"].combine(logs[:3], np.ones((3, 3)))
    np.testing.assert_allclose(three.shares, [[1 / 3] * 3])
    assert three.labels.tolist() == [1]
    # The mean probability is highest for a class without a vote: it does not win.
    none = COMBINERS["hard_vote"].combine(rows([0.52, 0.48, 1e-9], [1e-9, 0.48, 0.52]), np.ones((2, 3)))
    assert none.labels.tolist() in ([0], [2])
    assert none.shares.tolist() == [[0.5, 0, 0.5]]


def test_rounding_does_not_decide_a_tied_vote() -> None:
    """Weights 0.1 + 0.3 against 0.4: equal, though once normalised their binary sums are not."""
    logs = rows([0.9, 0.1], [0.9, 0.1], [0.45, 0.55])
    weights = np.repeat([[0.1], [0.3], [0.4]], 2, axis=1)
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert COMBINERS["hard_vote"].combine(logs[order], weights[order]).labels.tolist() == [0]


def test_huge_and_tiny_weights_are_normalised() -> None:
    assert normalised(np.full((4, 7), 1e308)).tolist() == [[0.25] * 7] * 4
    assert normalised(np.full((4, 7), 5e-324)).tolist() == [[0.25] * 7] * 4


def test_votes_without_any_weight_fall_back_on_mean_probability() -> None:
    logs = rows([0.9, 0.05, 0.05], [0.1, 0.2, 0.7])
    decided = COMBINERS["hard_vote"].combine(logs, np.array([[0.0, 1, 1], [1, 1, 0]]))  # each votes where it weighs 0
    pooled = COMBINERS["mean_probability"].combine(logs, np.array([[0.0, 1, 1], [1, 1, 0]]))
    np.testing.assert_allclose(decided.shares, pooled.shares)
    assert decided.labels.tolist() == pooled.labels.tolist()


@pytest.mark.parametrize("combiner", FIXED)
def test_members_that_are_wholly_sure_stay_finite(combiner: str) -> None:
    sure = np.array([[[0.0, -5000, -5000]], [[-5000, 0.0, -5000]]])
    weights = np.array([[0.0, 1, 1], [1, 0, 1]])
    shares = COMBINERS[combiner].combine(sure, weights).shares
    assert np.isfinite(shares).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (np.ones((3, 7)), r"weights: expected shape \[2, 7\], got \[3, 7\]"),
        (np.zeros((2, 7)), "weights: expected some weight for every class"),
        (-np.ones((2, 7)), "weights: expected finite numbers"),
        (np.full((2, 7), np.nan), "weights: expected finite numbers"),
    ],
)
@pytest.mark.parametrize("combiner", FIXED)
def test_weights_that_cannot_be_used_are_refused(combiner: str, weights: np.ndarray, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        COMBINERS[combiner].combine(np.zeros((2, 5, 7)), weights)


@pytest.mark.parametrize("logs", [np.zeros((5, 7)), np.zeros((0, 5, 7)), np.full((2, 5, 7), -np.inf)])
def test_log_probabilities_that_cannot_be_used_are_refused(logs: np.ndarray) -> None:
    with pytest.raises(ValueError, match="log_probabilities: expected finite numbers"):
        COMBINERS["mean_probability"].combine(logs, np.ones((2, 7)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"members": ()}, "members: expected at least one"),
        ({"members": ("a", "a")}, "members: expected at least one, each once"),
        ({"members": ("a", "zebra")}, "members: expected some of a, b, c, d, got 'zebra'"),
        ({"weighting": "best"}, "weighting: expected one of equal, accuracy"),
        ({"combiner": "best"}, "combiner: expected one of mean_probability"),
        ({"split": "train"}, "split: expected 'valid' or 'test'"),
        ({"weighting": "manual", "manual": (1.0,)}, "manual: expected 2 weights, one a member, got 1"),
        ({"weighting": "manual", "manual": (0.0, 0.0)}, "weights: expected some weight for every class"),
        ({"weighting": "manual", "manual": (1.0, math.inf)}, "weights: expected finite numbers"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        made().recompute(Setting(**({"members": ("a", "b")} | change)))  # type: ignore[arg-type]


def test_an_explorer_that_makes_no_sense_is_refused() -> None:
    logits = {split: part[:2, :9] for split, part in LOGITS.items()}
    labels = {split: own[:9] for split, own in LABELS.items()}
    with pytest.raises(ValueError, match=r"logits: expected shape \[3,9,7\] for valid, got \[2, 9, 7\]"):
        Explorer(("a", "b", "c"), logits, labels)
    with pytest.raises(ValueError, match="members: expected at least one name, each once"):
        Explorer(("a", "a"), logits, labels)
    with pytest.raises(ValueError, match="labels: expected 0 to 6"):
        Explorer(("a", "b"), logits, labels | {"test": labels["test"] + 7})
    with pytest.raises(ValueError, match=r"twins: expected bool \[9\] for valid, got int64"):
        Explorer(("a", "b"), logits, labels, dict.fromkeys(labels, np.zeros(9, np.int64)))  # type: ignore[arg-type]


def test_the_best_member_is_best_on_public_test_whatever_private_test_says() -> None:
    labels = {"valid": np.arange(7), "test": np.arange(7)}
    good, bad = 5 * np.eye(7, dtype=np.float32), 5 * np.roll(np.eye(7, dtype=np.float32), 1, axis=1)
    logits = {"valid": np.stack([bad, good, good]), "test": np.stack([good, bad, good])}
    explorer = Explorer(("a", "b", "c"), logits, labels)
    assert explorer.best_member == "b"  # a tie with c goes to the first in order
    outcome = explorer.recompute(Setting(("a", "c")))
    assert explorer.member_accuracy("test") == outcome.member_accuracy
    assert (outcome.best_member, outcome.best_accuracy, outcome.gain) == ("b", 0.0, 1.0)
    assert outcome.member_accuracy == {"a": 1.0, "b": 0.0, "c": 1.0}
    assert outcome.mcnemar.only_first == 7
    assert outcome.mcnemar.p == pytest.approx(2 / 2**7)


def test_weights_are_fitted_on_public_test_alone() -> None:
    explorer, setting = made(), Setting(NAMES, "categorical")
    changed = {split: part[:4, :N].copy() for split, part in LOGITS.items()}
    changed["test"] = changed["test"][::-1].copy()
    other = Explorer(NAMES, changed, {split: own[:N] for split, own in LABELS.items()})
    assert (explorer.weights(setting) == other.weights(setting)).all()


def test_a_vote_without_a_true_class_has_no_likelihood() -> None:
    outcome = made().recompute(Setting(NAMES, combiner="hard_vote"))
    assert math.isnan(outcome.nll)
    assert math.isfinite(outcome.brier)
    assert math.isfinite(outcome.ece)


def test_two_settings_are_compared_on_the_same_images() -> None:
    explorer = made()
    before, after = Setting(("a",)), Setting(NAMES, "categorical")
    found = explorer.compare(before, after)
    first, second = explorer.recompute(before), explorer.recompute(after)
    assert found.gain == pytest.approx(second.accuracy - first.accuracy)
    assert found.gain > 0
    assert found.mcnemar.only_first == (second.right & ~first.right).sum()
    back = explorer.compare(after, before)
    assert (back.gain, back.mcnemar.p) == (-found.gain, found.mcnemar.p)
    assert explorer.compare(after, after).mcnemar.p == 1.0
    with pytest.raises(ValueError, match="after: expected the images of before"):
        explorer.compare(before, Setting(NAMES, twins=False))


def test_predictions_name_images_by_their_place_in_the_split() -> None:
    explorer, setting = made(), Setting(("a", "b"), twins=False)
    columns, outcome = predictions(explorer, setting), explorer.recompute(setting)
    assert columns["row"].tolist() == [i for i in range(N) if i % 10 != 3]
    assert [EMOTIONS[c] for c in LABELS["test"][columns["row"].astype(int)]] == columns["label"].tolist()
    assert (columns["label"] == columns["predicted"]).sum() == outcome.correct
    lines = list(csv.reader(io.StringIO(predictions_csv(explorer, setting))))
    assert lines[0] == list(columns)
    assert len(lines) == outcome.n + 1
    assert lines[4][:3] == ["4", *(str(columns[key][3]) for key in ("label", "predicted"))]
    assert sum(map(float, lines[4][3:])) == pytest.approx(1, abs=1e-5)


def test_one_explorer_serves_many_threads() -> None:
    explorer = made()
    settings = [Setting(NAMES[: 1 + i % 4], "categorical", c, twins=i % 2 == 0) for i in range(8) for c in FIXED]
    expected = [made().recompute(setting) for setting in settings]
    with ThreadPoolExecutor(8) as pool:
        for one, other in zip(expected, pool.map(explorer.recompute, settings), strict=True):
            assert one.correct == other.correct
            assert (one.decision.shares == other.decision.shares).all()


def test_ensembles_need_numpy_alone() -> None:
    code = "import fer_core.ensemble, sys; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "numpy" in found
    assert not {"torch", "scipy", "sklearn", "streamlit", "PIL"} & set(found)
