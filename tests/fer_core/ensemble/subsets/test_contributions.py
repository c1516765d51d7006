"""What each member contributes, against the definitions by brute force."""

import math
from itertools import combinations, pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fer_core.ensemble import COMBINERS, Setting
from fer_core.ensemble.subsets.contributions import banzhaf, by_place, interactions, leave_one_out, restricted, shapley
from fer_core.ensemble.subsets.every import every_subset
from fer_core.ensemble.subsets.selection import backward, forward, front
from tests.examples import examples
from tests.fer_core.ensemble.subsets.test_every import NAMES, made

GAMES = st.integers(1, 5).flatmap(
    lambda members: arrays(np.float64, 1 << members, elements=st.floats(-1, 1, allow_nan=False, width=32))
)


def bits(members: tuple[int, ...]) -> int:
    return sum(1 << i for i in members)


@examples(60)
@given(values=GAMES)
def test_shapley_values_are_means_over_all_orders(values: np.ndarray) -> None:
    members = len(values).bit_length() - 1
    orders = list(permutations(range(members)))
    expected = np.zeros((members, members))
    for order in orders:
        for place, i in enumerate(order):
            before = bits(order[:place])
            expected[i, place] += values[before | 1 << i] - values[before]
    counts = len(orders) / members
    np.testing.assert_allclose(by_place(values), expected / counts, atol=1e-9)
    np.testing.assert_allclose(shapley(values), expected.sum(axis=1) / len(orders), atol=1e-9)
    assert shapley(values).sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


@examples(60)
@given(values=GAMES)
def test_banzhaf_leave_one_out_and_interactions_are_as_defined(values: np.ndarray) -> None:
    members = len(values).bit_length() - 1
    whole, pairs = len(values) - 1, interactions(values)
    for i in range(members):
        others = [s for s in range(len(values)) if not s >> i & 1]
        assert banzhaf(values)[i] == pytest.approx(np.mean([values[s | 1 << i] - values[s] for s in others]), abs=1e-9)
        assert leave_one_out(values)[i] == values[whole] - values[whole & ~(1 << i)]
        assert pairs[i, i] == 0
        for j in range(i):
            rest, expected = [k for k in range(members) if k not in (i, j)], 0.0
            for size in range(len(rest) + 1):
                for some in combinations(rest, size):
                    s, both = bits(some), 1 << i | 1 << j
                    beyond = values[s | both] - values[s | 1 << i] - values[s | 1 << j] + values[s]
                    expected += beyond * math.factorial(size) * math.factorial(members - size - 2)
            assert pairs[i, j] == pairs[j, i] == pytest.approx(expected / math.factorial(members - 1), abs=1e-9)


@pytest.mark.parametrize("combiner", ["mean_probability", "mean_log_probability"])
def test_members_share_the_whole_gain_over_a_uniform_guess(combiner: str) -> None:
    explorer = made()
    setting = Setting(NAMES, "categorical", combiner)
    found, whole = every_subset(explorer, setting, likelihood=True), explorer.recompute(setting)
    assert shapley(found.accuracy).sum() == pytest.approx(whole.accuracy - 1 / 7, abs=1e-9)
    assert found.log_likelihood is not None
    assert shapley(found.log_likelihood).sum() == pytest.approx(math.log(7) - whole.nll, abs=1e-9)


def test_some_members_alone_are_a_game_of_their_own() -> None:
    values = np.arange(16.0) ** 2
    assert restricted(values, [0, 2]).tolist() == [0, 1, 16, 25]
    assert restricted(values, [2, 0]).tolist() == [0, 16, 1, 25]
    with pytest.raises(ValueError, match=r"^at: expected members 0 to 3, each once"):
        restricted(values, [0, 0])
    for wrong in (np.zeros(3), np.zeros(1), np.zeros((2, 2))):
        with pytest.raises(ValueError, match=r"^values: expected one for each subset"):
            shapley(wrong)


@pytest.mark.parametrize("combiner", COMBINERS)
def test_forward_selection_takes_the_best_next_member_each_time(combiner: str) -> None:
    explorer = made()
    path, counts = forward(explorer, combiner, steps=6), dict.fromkeys(NAMES, 0.0)
    for step in path:
        reached = dict(zip(step.setting.members, step.setting.manual, strict=True))
        assert sum(reached.values()) == sum(counts.values()) + 1
        tried = []
        for name in NAMES:
            now = {m: c + (m == name) for m, c in counts.items() if c + (m == name)}
            setting = Setting(tuple(now), "manual", combiner, tuple(map(float, now.values())), "valid")
            tried.append(explorer.recompute(setting).accuracy)
        assert step.valid_accuracy == max(tried)
        counts |= reached
    assert explorer.valid_accuracy[path[0].setting.members[0]] == max(explorer.valid_accuracy.values())
    with pytest.raises(ValueError, match=r"^steps: expected at least 1"):
        forward(explorer, combiner, steps=0)


@examples(40)
@given(values=GAMES)
def test_backward_elimination_leaves_out_whom_it_misses_least(values: np.ndarray) -> None:
    path = backward(values)
    assert path[0] == len(values) - 1
    assert [int(subset).bit_count() for subset in path] == list(range(len(path), 0, -1))
    for before, after in pairwise(path):
        assert values[after] == max(values[before & ~(1 << i)] for i in range(5) if before >> i & 1)


@examples(60)
@given(points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_front_is_what_nothing_cheaper_reaches(points: list[tuple[int, int]]) -> None:
    found = front([c for c, _ in points], [v for _, v in points])
    on = {points[i] for i in found}
    beaten = {p for p in points if any((c <= p[0] and v > p[1]) or (c < p[0] and v >= p[1]) for c, v in points)}
    assert on == set(points) - beaten
    assert [points[i] for i in found] == sorted(on)


def test_front_refuses_lists_of_other_lengths() -> None:
    with pytest.raises(ValueError, match=r"^values: expected one for each cost"):
        front([1.0], [1.0, 2.0])
