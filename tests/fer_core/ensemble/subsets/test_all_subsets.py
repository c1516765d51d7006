"""All subsets as points, and paths through them, against plain loops."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, pearsonr

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting, ranked_subsets
from fer_core.ensemble.subsets.all_subsets import TENTH, AllSubsets, all_subsets, scorable, split_agreement
from fer_core.ensemble.subsets.every import most_members
from fer_core.ensemble.subsets.selection import can_weigh, forward, grown, shrunk
from fer_core.ensemble.subsets.tally import ADDITIVE
from tests.examples import examples
from tests.fer_core.ensemble.subsets.test_every import NAMES, made
from tests.synthetic import labels_of, logits_of

SCHEMES = [(w, c) for w in WEIGHTINGS for c in ADDITIVE if scorable(Setting(("a",), w, c))]


def setting(weighting: str, combiner: str, *, split: str = "test", twins: bool = True) -> Setting:
    manual = tuple(0.5 * (i % 3) for i in range(len(NAMES))) if weighting == "manual" else ()
    return Setting(NAMES, weighting, combiner, manual, split, twins)


def of(whole: Setting, names: tuple[str, ...]) -> Setting:
    weight = dict(zip(whole.members, whole.manual, strict=False))
    return replace(whole, members=names, manual=tuple(weight[name] for name in names if name in weight))


def same(names: tuple[str, ...], n: int = 60) -> Explorer:
    """Return an explorer whose members say the same."""
    rng = np.random.RandomState(0)
    labels = {split: labels_of(n, rng) for split in ("valid", "test")}
    logits = {split: np.repeat(logits_of(labels[split], 1, rng), len(names), axis=0) for split in labels}
    return Explorer(names, logits, labels)


@pytest.mark.parametrize("twins", [True, False])
@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_each_point_is_what_the_explorer_says_of_its_members(weighting: str, combiner: str, twins: bool) -> None:
    explorer, whole = made(), setting(weighting, combiner, twins=twins)
    found = all_subsets(explorer, whole)
    weighty = [name for name, weight in zip(NAMES, whole.manual or [1] * len(NAMES), strict=True) if weight]
    assert list(found.members) == weighty
    every = {names for size in range(1, len(weighty) + 1) for names in combinations(weighty, size)}
    assert {found.names(at) for at in range(len(found.numbers))} == every
    for at in range(len(found.numbers)):
        names = found.names(at)
        assert found.accuracy[at] == explorer.recompute(of(whole, names)).accuracy
        assert (found.sizes[at], found.find(names)) == (len(names), at)
    assert found.images == explorer.recompute(whole).n


@pytest.mark.parametrize("inside", [(), NAMES[:1], NAMES[1::2], NAMES, (*NAMES, "nobody")])
def test_the_subsets_of_some_members_are_those_of_a_cloud_of_them_alone(inside: tuple[str, ...]) -> None:
    explorer, whole = made(), setting("accuracy", "hard_vote")
    found = all_subsets(explorer, whole).within(inside)
    kept = tuple(name for name in NAMES if name in inside)
    assert found.members == kept
    if not kept:
        assert not len(found.numbers)
        return
    alone = all_subsets(explorer, replace(whole, members=kept))
    assert np.array_equal(found.numbers, alone.numbers)
    assert np.array_equal(found.accuracy, alone.accuracy)


def test_the_order_of_members_and_those_without_weight_make_no_difference() -> None:
    explorer, whole = made(), setting("manual", "mean_probability")
    turned = replace(whole, members=whole.members[::-1], manual=whole.manual[::-1])
    first, second = all_subsets(explorer, whole), all_subsets(explorer, turned)
    assert first.members == second.members
    assert first.accuracy.tolist() == second.accuracy.tolist()
    idle = next(name for name, weight in zip(whole.members, whole.manual, strict=True) if not weight)
    assert first.find((idle,)) is None
    assert first.find(()) is None
    assert first.find((*first.names(0), idle)) == 0


def test_sizes_costs_and_places_by_a_plain_loop() -> None:
    found = all_subsets(made(), setting("equal", "mean_probability"))
    costs = [2.0**i for i in range(len(NAMES))]
    for at in range(len(found.numbers)):
        assert found.sums(costs)[at] == sum(costs[NAMES.index(name)] for name in found.names(at))
        assert found.rank(at) == 1 + sum(value > found.accuracy[at] for value in found.accuracy)
    sizes = found.by_size()
    assert sizes.sizes.tolist() == list(range(1, len(NAMES) + 1))
    for size, mean, best, worst in zip(sizes.sizes, sizes.mean, sizes.best, sizes.worst, strict=True):
        values = [found.accuracy[at] for at in range(len(found.numbers)) if len(found.names(at)) == size]
        assert (best, worst) == (max(values), min(values))
        assert mean == pytest.approx(sum(values) / len(values))


def test_of_too_many_subsets_some_of_each_size_are_kept_with_the_best_and_the_worst() -> None:
    names, rng = tuple("abcdefghij"), np.random.RandomState(0)
    found = AllSubsets(names, 99, np.arange(1, 1024), rng.randint(0, 99, 1023) / 99)
    assert found.some(1023).tolist() == list(range(1023))
    kept = found.some(200)
    assert len(set(kept.tolist())) == len(kept)
    assert 200 <= len(kept) < 230
    for size in range(1, 11):
        inside, left = found.accuracy[found.sizes == size], found.accuracy[kept][found.sizes[kept] == size]
        assert (left.min(), left.max()) == (inside.min(), inside.max())


@pytest.mark.parametrize("combiner", ADDITIVE)
def test_the_first_subset_is_the_one_that_the_page_ensemble_takes(combiner: str) -> None:
    for explorer in (made(), made(n=20), same(NAMES)):
        found = all_subsets(explorer, setting("equal", combiner, split="valid"))
        assert found.names(found.first()) == ranked_subsets(explorer, "equal", combiner)[0].setting.members


@examples(60)
@given(st.lists(st.integers(0, 30), min_size=31, max_size=31), st.lists(st.integers(0, 30), min_size=31, max_size=31))
def test_agreement_is_least_squares_and_pearson(first: list[int], second: list[int]) -> None:
    valid, test = (AllSubsets(NAMES[:5], 30, np.arange(1, 32), np.array(values) / 30) for values in (first, second))
    found = split_agreement(valid, test)
    assert valid.accuracy[found.chosen] == max(first) / 30
    assert test.accuracy[found.best] == max(second) / 30
    assert found.upper is None
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert (found.slope, found.correlation) == (None, None)
    else:
        assert found.slope == pytest.approx(linregress(first, second).slope, abs=1e-9)
        assert found.correlation == pytest.approx(pearsonr(first, second).statistic, abs=1e-9)


def test_the_upper_tenth_is_that_on_public_test() -> None:
    rng, names = np.random.RandomState(1), tuple("abcdefghi")
    valid, test = (AllSubsets(names, 999, np.arange(1, 512), rng.permutation(511) / 999) for _ in range(2))
    upper = sorted(range(511), key=lambda at: -valid.accuracy[at])[: 511 // TENTH]
    expected = pearsonr(valid.accuracy[upper], test.accuracy[upper]).statistic
    assert split_agreement(valid, test).upper == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"^test: expected the subsets of valid"):
        split_agreement(valid, AllSubsets(names, 999, np.arange(1, 511), test.accuracy[:-1]))


def test_members_that_say_the_same_have_no_correlation() -> None:
    explorer = same(NAMES)
    both = [all_subsets(explorer, setting("equal", "mean_probability", split=split)) for split in ("valid", "test")]
    found = split_agreement(*both)
    assert (found.slope, found.correlation, found.chosen, found.best) == (None, None, 0, 0)


@pytest.mark.parametrize("twins", [True, False])
@pytest.mark.parametrize("combiner", [name for name in COMBINERS if can_weigh(name)])
def test_a_grown_path_is_forward_selection_scored_on_both_splits(combiner: str, twins: bool) -> None:
    explorer = made()
    path, before = grown(explorer, combiner, steps=6, twins=twins), dict.fromkeys(NAMES, 0)
    for step in path:
        counts = before | dict(zip(step.members, step.counts, strict=True))
        assert {name: counts[name] - before[name] for name in NAMES if counts[name] != before[name]} == {
            step.changed: 1
        }
        manual = tuple(map(float, step.counts))
        for split, shown in (("valid", step.valid), ("test", step.test)):
            assert shown == explorer.recompute(Setting(step.members, "manual", combiner, manual, split, twins)).accuracy
        tried = []
        for name in NAMES:
            more = {key: count + (key == name) for key, count in before.items() if count + (key == name)}
            asked = Setting(tuple(more), "manual", combiner, tuple(map(float, more.values())), "valid", twins)
            tried.append(explorer.recompute(asked).accuracy)
        assert step.valid == max(tried)
        before = counts
    if twins:
        assert [step.valid for step in path] == [r.valid_accuracy for r in forward(explorer, combiner, steps=6)]


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_a_shrunk_path_leaves_out_whom_public_test_misses_least(weighting: str, combiner: str) -> None:
    explorer, whole = made(), setting(weighting, combiner)
    both = [all_subsets(explorer, replace(whole, split=split)) for split in ("valid", "test")]
    path = shrunk(*both)
    assert path[0].members == both[0].members
    assert path[0].changed is None
    assert [len(step.members) for step in path] == list(range(len(path[0].members), 0, -1))
    for before, step in pairwise(path):
        assert set(before.members) - set(step.members) == {step.changed}
        smaller = [tuple(n for n in before.members if n != name) for name in before.members]
        assert step.valid == max(
            explorer.recompute(replace(of(whole, names), split="valid")).accuracy for names in smaller
        )
        assert step.test == explorer.recompute(of(whole, step.members)).accuracy
    with pytest.raises(ValueError, match=r"^test: expected the subsets of valid"):
        shrunk(both[0], replace(both[1], numbers=both[1].numbers[:-1]))


def test_subsets_without_weight_for_a_class_are_no_points_and_on_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = made()
    weights = explorer.weights(setting("equal", "mean_probability"))
    weights[1:, 3] = 0
    monkeypatch.setattr(Explorer, "weights", lambda self, asked: weights[self.positions(asked.members)])
    both = [all_subsets(explorer, setting("equal", "mean_probability", split=split)) for split in ("valid", "test")]
    assert all(NAMES[0] in both[0].names(at) for at in range(len(both[0].numbers)))
    assert len(both[0].numbers) == 1 << len(NAMES) - 1
    assert shrunk(*both)[-1].members == (NAMES[0],)


def test_what_cannot_be_scored_at_once_is_refused() -> None:
    refused = Setting(tuple(f"m{i}" for i in range(17)))
    assert not scorable(refused)
    with pytest.raises(ValueError, match=r"^setting: expected one whose subsets can be scored"):
        all_subsets(made(), refused)
    for combiner in COMBINERS:
        assert scorable(setting("equal", combiner)) == (combiner in ADDITIVE)


@pytest.mark.parametrize(
    ("rows", "classes", "members"), [(3589, 7, 16), (40, 2, 16), (50_000, 10, 12), (500, 1000, 8), (500, 50, 16)]
)
def test_the_larger_the_data_the_fewer_members_have_all_their_subsets_scored(
    rows: int, classes: int, members: int
) -> None:
    labels = {split: np.zeros(n, np.int64) for split, n in (("valid", 20), ("test", rows))}
    logits = {split: np.zeros((1, len(own), classes), np.float32) for split, own in labels.items()}
    assert most_members(Explorer(["one"], logits, labels, classes=[str(c) for c in range(classes)])) == members
