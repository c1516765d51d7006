"""Risk against coverage, against a plain loop over thresholds and over all orders of ties."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.metrics.crowd import Share
from fer_core.metrics.selective import risk_coverage
from tests.examples import examples

DECISIONS = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=25)
FEW = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6)


def arrays(decisions: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([level / 10 for level, _ in decisions]), np.array([right for _, right in decisions])


@examples(100)
@given(DECISIONS)
def test_every_block_is_what_a_loop_over_thresholds_counts(decisions: list[tuple[int, bool]]) -> None:
    curve = risk_coverage(*arrays(decisions))
    levels = sorted({level for level, _ in decisions}, reverse=True)
    assert curve.thresholds.tolist() == [level / 10 for level in levels]
    for at, level in enumerate(levels):
        said = [right for other, right in decisions if other >= level]
        assert curve.answered[at] == len(said)
        assert curve.errors[at] == said.count(False)
        assert curve.coverage[at] == len(said) / len(decisions)
        assert curve.risk[at] == said.count(False) / len(said)


@examples(100)
@given(DECISIONS, st.integers(0, 100))
def test_a_threshold_answers_what_is_at_least_as_sure(decisions: list[tuple[int, bool]], percent: int) -> None:
    said = [right for level, right in decisions if 10 * level >= percent]
    assert risk_coverage(*arrays(decisions)).at(percent / 100) == Share(said.count(True), len(said))


@examples(40)
@given(FEW)
def test_the_area_is_the_mean_over_all_orders_of_ties(decisions: list[tuple[int, bool]]) -> None:
    areas, least = [], []
    for order in permutations(decisions):
        rights = [right for _, right in order]
        area = np.mean([rights[:n].count(False) / n for n in range(1, len(rights) + 1)])
        least.append(area)
        if [level for level, _ in order] == sorted((level for level, _ in decisions), reverse=True):
            areas.append(area)
    curve = risk_coverage(*arrays(decisions))
    assert curve.aurc == pytest.approx(np.mean(areas), abs=1e-12)
    assert curve.least_aurc == pytest.approx(min(least), abs=1e-12)


@examples(100)
@given(DECISIONS, st.randoms(use_true_random=False))
def test_neither_the_order_of_images_nor_a_growing_scale_changes_anything(
    decisions: list[tuple[int, bool]], random: object
) -> None:
    confidence, right = arrays(decisions)
    mixed = list(range(len(decisions)))
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first, other = risk_coverage(confidence, right), risk_coverage(confidence[mixed] ** 3 / 2, right[mixed])
    assert first.answered.tolist() == other.answered.tolist()
    assert first.errors.tolist() == other.errors.tolist()
    assert 0 <= first.least_aurc <= first.aurc + 1e-12 <= 1 + 2e-12


def test_rounding_does_not_split_a_tie() -> None:
    votes = 0.1 + 0.2, 0.3, 0.3 + 1e-12
    curve = risk_coverage(np.array(votes), np.array([True, False, True]))
    assert curve.answered.tolist() == [3]
    assert curve.at(0.3) == Share(2, 3)
    assert curve.at(0.30001) == Share(0, 0)
    assert curve.expected_errors(1.5) == pytest.approx(0.5)


def test_misuse_is_named() -> None:
    with pytest.raises(ValueError, match=r"^right: expected shape \[2\], got \[3\]"):
        risk_coverage(np.ones(2), np.ones(3, bool))
    for wrong in ([], [np.nan]):
        with pytest.raises(ValueError, match=r"^confidence: expected finite numbers of at least one"):
            risk_coverage(np.array(wrong), np.ones(len(wrong), bool))
