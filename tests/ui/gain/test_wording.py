"""Titles of the page Gain, and the step of the path that is recommended."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.ensemble.subsets.all_subsets import AllSubsets, BySize, SplitAgreement
from fer_core.ensemble.subsets.selection import Step
from ui.gain import wording
from ui.gain.choice import GainChoice
from ui.gain.data import favourite, taken_over
from ui.session.choice import default

NAMES = ("shallow", "deep", "agrawal")


def by_size(*mean: float) -> BySize:
    values = np.array(mean)
    return BySize(np.arange(1, len(mean) + 1), values, values, values)


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        ((0.6,), "One size alone: 60.0%"),
        ((0.6, 0.6, 0.6), "Members that agree add nothing"),
        ((0.6, 0.65, 0.67), "Each further member helps less"),
        ((0.6, 0.65), "Each further member helps<"),
        ((0.6, 0.61, 0.67), "Each further member helps<"),
        ((0.7, 0.69, 0.6), "More members make the mean subset worse"),
        ((0.6, 0.67, 0.65), "The mean subset is best with 2 members"),
        ((0.7, 0.6, 0.65), "The mean subset is best with 1 member<"),
        ((0.65, 0.6, 0.7), "More members help, but not at every step"),
    ],
)
def test_the_title_of_the_sizes_is_true(mean: tuple[float, ...], said: str) -> None:
    assert wording.size_title(by_size(*mean)).startswith(said)


@pytest.mark.parametrize(
    ("accuracy", "on", "said"),
    [
        ([0.70, 0.6, 0.6], [0], "Nothing beats the cheapest"),
        ([0.60, 0.7, 0.6], [0, 1], "Nothing cheaper comes within half a point"),
        ([0.696, 0.6, 0.7], [0, 2], "The last 0.40 points cost 3 times as much"),
        ([0.695, 0.6, 0.7], [0, 2], "The last 0.50 points cost 3 times as much"),
    ],
)
def test_the_title_of_the_costs_is_true(accuracy: list[float], on: list[int], said: str) -> None:
    subsets = AllSubsets(("a", "b"), 1000, np.array([1, 2, 3]), np.array(accuracy))
    assert wording.cost_title(subsets, np.array([1e6, 2e6, 3e6]), on, "macs").startswith(said)


@pytest.mark.parametrize(
    ("slope", "said"),
    [(0.84, "84% of a lead"), (1.2, "A lead on PublicTest grows to 120%"), (-0.1, "A lead on PublicTest reverses")],
)
def test_the_title_of_the_agreement_is_true(slope: float, said: str) -> None:
    assert wording.agreement_title(SplitAgreement(slope, 0.5, None, 0, 0), 7).startswith(said)


def test_counts_become_weights_in_the_same_proportions() -> None:
    choice = default(NAMES)
    for counts in ((1, 14, 3), (20, 1, 1), (1, 1, 1), (2, 1, 0), (13, 5, 2)):
        inside = [(name, count) for name, count in zip(NAMES, counts, strict=True) if count]
        step = Step("deep", tuple(n for n, _ in inside), tuple(c for _, c in inside), 0.5, 0.5)
        taken = taken_over(choice, step)
        weights = [taken.manual[name] for name in NAMES]
        assert taken.weighting == "manual"
        assert 1 < max(weights) <= 2
        assert np.outer(weights, counts) == pytest.approx(np.outer(counts, weights))
        assert [20 * weight for weight in weights] == pytest.approx([round(20 * weight) for weight in weights])
    back = taken_over(replace(choice, gain=GainChoice(path="backward")), Step("deep", ("agrawal",), (1,), 0.5, 0.5))
    assert back == replace(choice, members=("agrawal",), gain=GainChoice(path="backward"))


def test_the_favourite_step_is_the_shortest_way_or_the_smallest_ensemble() -> None:
    steps = [Step("a", ("a",), (1,), value, 0.0) for value in (0.5, 0.7, 0.7, 0.6)]
    assert favourite(steps) == 2
    assert favourite([replace(steps[0], changed=None), *steps[1:]]) == 3
    assert favourite(steps[:1]) == 1
