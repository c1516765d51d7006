"""Weightings and combiners beyond the slides', each against a library's or a plain loop's way to the same."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata, trim_mean
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting, fit_temperature, temperature_scaled
from fer_core.ensemble.decision import outputs_of
from fer_core.ensemble.fixed_combiners import BELIEVED, points
from fer_core.ensemble.subsets.selection import forward
from fer_core.ensemble.trained_combiners import NEIGHBOURS, STRENGTH, evidence
from fer_core.ensemble.weightings import GAP, TAKEN
from tests.synthetic import labels_of, logits_of

NAMES = ("a", "b", "c", "d", "e")
N = 240
EVEN = np.ones((5, 7))


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    rng = np.random.RandomState(3)
    labels = {split: labels_of(N, rng) for split in ("valid", "test")}
    return Explorer(NAMES, {split: logits_of(labels[split], 5, rng) for split in labels}, labels)


def rows_of_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values / values.sum(axis=1, keepdims=True)


def test_equal_medians_and_trimmed_means_are_the_libraries(explorer: Explorer) -> None:
    part = explorer.part("test")
    for members in (3, 4, 5):
        logs, told, even = part.logs[:members], part.probabilities[:members], EVEN[:members]
        found = COMBINERS["median"].combine(logs, even).shares
        np.testing.assert_allclose(found, rows_of_one(np.median(told, axis=0)), atol=1e-12)
        found = COMBINERS["trimmed_mean"].combine(logs, even).shares
        np.testing.assert_allclose(found, rows_of_one(trim_mean(told, 1 / members, axis=0)), atol=1e-12)
    two = COMBINERS["trimmed_mean"].combine(part.logs[:2], EVEN[:2]).shares
    np.testing.assert_allclose(two, part.probabilities[:2].mean(axis=0), atol=1e-12)


@given(arrays(np.float64, (3, 9), elements=st.sampled_from([-700.0, -2.0, -1.0, 0.0])))
def test_points_are_the_mean_ranks_of_scipy(values: NDArray[np.float64]) -> None:
    assert (points(values) == rankdata(values, axis=1) - 1).all()


def test_whole_weights_are_repeated_members(explorer: Explorer) -> None:
    logs, counts = explorer.part("test").logs, np.array([3, 1, 2, 1, 2])
    weights = np.repeat(counts[:, None].astype(float), 7, axis=1)
    repeated = np.repeat(logs, counts, axis=0)
    for name in ("mean_probability", "mean_log_probability", "hard_vote", "borda", "median"):
        found = COMBINERS[name].combine(logs, weights)
        expected = COMBINERS[name].combine(repeated, np.ones((9, 7)))
        np.testing.assert_allclose(found.shares, expected.shares, atol=1e-12, err_msg=name)
        assert (found.labels == expected.labels).all()


def test_borda_counts_ranks(explorer: Explorer) -> None:
    logs = explorer.part("test").logs.copy()
    logs[1, :, 2] = logs[1, :, 5]  # a member that cannot tell two classes apart
    points = np.stack([rankdata(member, axis=1) - 1 for member in logs]).sum(axis=0)
    found = COMBINERS["borda"].combine(logs, EVEN)
    np.testing.assert_allclose(found.shares, rows_of_one(points), atol=1e-12)
    clear = (points == points.max(axis=1, keepdims=True)).sum(axis=1) == 1
    assert (found.labels[clear] == points.argmax(axis=1)[clear]).all()
    assert not clear.all()


def test_a_tied_borda_count_goes_by_mean_probability() -> None:
    logs = np.log(np.array([[[0.6, 0.3, 0.1]], [[0.3, 0.4, 0.3]]]))  # points: 2, 1, 0 and 1/2, 2, 1/2
    logs = np.concatenate([logs, np.log(np.array([[[0.45, 0.1, 0.45]]]))])  # 3/2, 0, 3/2
    assert COMBINERS["borda"].combine(logs, np.ones((3, 3))).labels.tolist() == [0]
    swapped = logs[[0, 1]]
    swapped[1] = np.log([[0.02, 0.95, 0.03]])  # 0, 2, 1: 2 points against 3
    assert COMBINERS["borda"].combine(swapped, np.ones((2, 3))).labels.tolist() == [1]
    tied = np.log(np.array([[[0.6, 0.3, 0.1]], [[0.2, 0.7, 0.1]]]))
    assert COMBINERS["borda"].combine(tied, np.ones((2, 3))).labels.tolist() == [1]  # 3 each; means 0.4 and 0.5


def dempster(masses: list[dict[frozenset[int], float]]) -> dict[frozenset[int], float]:
    """Combine masses on sets of classes by Dempster's rule, set by set."""
    found = masses[0]
    for other in masses[1:]:
        joined: dict[frozenset[int], float] = {}
        for (a, x), (b, y) in itertools.product(found.items(), other.items()):
            if a & b:
                joined[a & b] = joined.get(a & b, 0.0) + x * y
        total = sum(joined.values())
        found = {key: mass / total for key, mass in joined.items()}
    return found


def test_dempsters_rule_set_by_set(explorer: Explorer) -> None:
    logs, everything = explorer.part("test").logs[:3, :20], frozenset(range(7))
    weights = np.repeat(np.array([[1.0], [0.5], [0.25]]), 7, axis=1)
    found = COMBINERS["dempster_shafer"].combine(logs, weights).shares
    for n in range(20):
        masses = []
        for m, trust in enumerate(BELIEVED * weights[:, 0]):
            told = np.exp(logs[m, n])
            masses.append({frozenset([c]): trust * told[c] for c in range(7)} | {everything: 1 - trust})
        combined = dempster(masses)
        pignistic = [combined[frozenset([c])] + combined[everything] / 7 for c in range(7)]
        np.testing.assert_allclose(found[n], pignistic, atol=1e-12)


def test_calibrated_members_are_cooled_by_their_own_temperatures(explorer: Explorer) -> None:
    valid, test = explorer.part("valid"), explorer.part("test")
    own = [fit_temperature(told, valid.labels) for told in valid.probabilities]
    assert None not in own
    cold = [
        temperature_scaled(told, each) for told, each in zip(test.probabilities, own, strict=True) if each is not None
    ]
    found = explorer.decide(Setting(NAMES, "equal", "calibrated"))
    np.testing.assert_allclose(found.shares, np.mean(cold, axis=0), atol=1e-9)


def test_stacking_is_scikit_learns_regression(explorer: Explorer) -> None:
    valid, test = explorer.part("valid"), explorer.part("test")
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(evidence(valid.outputs), valid.labels)
    found = explorer.decide(Setting(NAMES, "accuracy", "stacking"))
    np.testing.assert_allclose(found.shares, model.predict_proba(evidence(test.outputs)), atol=1e-9)
    assert (found.labels == model.predict(evidence(test.outputs))).all()


@pytest.mark.parametrize("known", [(3,), (2, 5), (0, 1, 6)])
def test_stacking_gives_nothing_to_classes_it_never_saw(explorer: Explorer, known: tuple[int, ...]) -> None:
    valid = explorer.part("valid")
    labels = np.array(known)[valid.labels % len(known)]
    pool = COMBINERS["stacking"].ready(valid.outputs, labels)
    shares = pool(explorer.part("test").outputs, EVEN).shares
    np.testing.assert_allclose(shares[:, list(known)].sum(axis=1), 1)
    if len(known) > 1:
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(evidence(valid.outputs), labels)
        expected = model.predict_proba(evidence(explorer.part("test").outputs))
        np.testing.assert_allclose(shares[:, list(known)], expected, atol=1e-9)


def test_neighbours_are_scikit_learns(explorer: Explorer) -> None:
    valid, test = explorer.part("valid"), explorer.part("test")
    space = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(evidence(valid.outputs))
    near = space.kneighbors(evidence(test.outputs), return_distance=False)
    trust = valid.right[:, near].sum(axis=2)  # [M,N]
    expected = rows_of_one((trust[:, :, None] * test.probabilities).sum(axis=0))
    found = explorer.decide(Setting(NAMES, "equal", "knora")).shares
    close = np.abs(found - expected).max(axis=1) < 1e-9
    assert close.mean() > 0.99  # a distance that ties but for float32 may let in another neighbour


def test_where_no_neighbour_is_right_all_members_count() -> None:
    logs = np.log(np.array([[[0.8, 0.2]] * 4, [[0.6, 0.4]] * 4]))
    pool = COMBINERS["knora"].ready(outputs_of(logs), np.ones(4, np.int64))  # nobody ever says class 1
    np.testing.assert_allclose(pool(outputs_of(logs), np.ones((2, 2))).shares, [[0.7, 0.3]] * 4)


def test_likelihood_weights_are_the_best_on_the_simplex(explorer: Explorer) -> None:
    part = explorer.part("valid")
    fit = WEIGHTINGS["simplex"].fit
    assert fit is not None
    own = part.probabilities[:, np.arange(N), part.labels]

    def loss(free: NDArray[np.float64]) -> float:
        weights = np.exp(free - free.max())
        return float(-np.log(weights @ own / weights.sum()).mean())

    best = min(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 20_000, "maxfev": 20_000}).fun
               for start in (np.zeros(5), np.arange(5.0)))  # fmt: skip
    weights = fit(part.probabilities, part.labels)
    np.testing.assert_allclose(weights.sum(axis=0), 1)
    assert (weights == weights[:, :1]).all()
    assert -np.log(weights[:, 0] @ own).mean() <= best + 2 * GAP


def test_a_member_that_says_nothing_gets_no_likelihood_weight() -> None:
    rng = np.random.RandomState(0)
    labels = labels_of(N, rng)
    told = np.concatenate([np.exp(logits_of(labels, 2, rng).astype(float)), np.full((1, N, 7), 1 / 7)])
    worse = told.copy()
    worse[2] = np.roll(told[0], 1, axis=1)
    fit = WEIGHTINGS["simplex"].fit
    assert fit is not None
    assert fit(worse, labels)[2].tolist() == [0] * 7


def test_greedy_weights_are_the_counts_of_forward_selection(explorer: Explorer) -> None:
    taken = forward(explorer, "mean_probability", steps=TAKEN)[-1].setting
    counts = dict(zip(taken.members, taken.manual, strict=True))
    expected = np.array([counts.get(name, 0.0) for name in NAMES])
    np.testing.assert_allclose(explorer.weights(Setting(NAMES, "caruana"))[:, 0], expected / TAKEN)


@pytest.mark.parametrize("weighting", [name for name, entry in WEIGHTINGS.items() if entry.joint])
def test_joint_weights_are_fitted_to_the_members_that_are_on(explorer: Explorer, weighting: str) -> None:
    part, fit = explorer.part("valid"), WEIGHTINGS[weighting].fit
    assert fit is not None
    expected = fit(part.probabilities[[1, 3, 4]], part.labels)
    found = explorer.weights(Setting(("e", "b", "d"), weighting))
    np.testing.assert_allclose(found, (expected / expected.sum(axis=0))[[2, 0, 1]])


def test_what_is_learned_is_learned_once_and_dropped_in_time(explorer: Explorer) -> None:
    first = explorer.decide(Setting(NAMES, "equal", "stacking"))
    assert explorer.decide(Setting(NAMES[::-1], "accuracy", "stacking")).shares is first.shares  # weights count nothing
    calibrated = explorer.decide(Setting(NAMES, "equal", "calibrated"))
    assert explorer.decide(Setting(NAMES, "equal", "calibrated")).shares is calibrated.shares
    assert explorer.decide(Setting(NAMES, "log_odds", "calibrated")).shares is not calibrated.shares


def test_a_fitted_combiner_cannot_combine_without_having_seen_anything() -> None:
    for name, entry in COMBINERS.items():
        if entry.fit is not None:
            with pytest.raises(ValueError, match=f"^combiner: expected one that is not fitted, got '{entry.title}'$"):
                entry.combine(np.zeros((2, 3, 7)), np.ones((2, 7)))
        else:
            assert math.isclose(entry.combine(np.zeros((2, 3, 7)), np.ones((2, 7))).shares.sum(), 3), name
