"""Scores of all subsets at once are those of one recompute after the other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting
from fer_core.ensemble.subsets.every import LARGEST, every_subset, not_for_every_subset
from fer_core.ensemble.subsets.tally import ADDITIVE
from tests.examples import examples
from tests.synthetic import labels_of, logits_of

NAMES = ("a", "b", "c", "d", "e")
SCHEMES = [
    (weighting, combiner)
    for weighting in WEIGHTINGS
    for combiner in COMBINERS
    if not_for_every_subset(weighting, combiner) is None
]
VOTES = ("hard_vote", "borda")
MANUAL = (0.5, 2.0, 0.0, 1.0, 0.25)


def made(members: int = 5, n: int = 200, seed: int = 0) -> Explorer:
    rng = np.random.RandomState(seed)
    labels = {split: labels_of(n, rng) for split in ("valid", "test")}
    logits = {split: logits_of(labels[split], members, rng) for split in labels}
    twins = {split: rng.rand(n) < 0.1 for split in labels}
    return Explorer([f"m{i}" if members > 5 else NAMES[i] for i in range(members)], logits, labels, twins)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return made()


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_subset_has_the_accuracy_of_its_recompute(explorer: Explorer, weighting: str, combiner: str) -> None:
    manual = MANUAL if weighting == "manual" else ()
    setting = Setting(NAMES, weighting, combiner, manual, "test", twins=False)
    plain, more = every_subset(explorer, setting), every_subset(explorer, setting, likelihood=True)
    assert plain.members == NAMES
    assert plain.accuracy[0] == 1 / 7
    assert np.array_equal(plain.accuracy, more.accuracy)
    assert (more.log_likelihood is None) == (combiner in VOTES)
    for number in range(1, 32):
        names = plain.names(number)
        assert plain.number(names) == number
        assert plain.sizes[number] == len(names)
        weights = tuple(MANUAL[NAMES.index(name)] for name in names) if manual else ()
        if manual and not any(weights):
            assert plain.accuracy[number] == 1 / 7
            continue
        found = explorer.recompute(Setting(names, weighting, combiner, weights, "test", twins=False))
        assert plain.accuracy[number] == found.accuracy, names
        if more.log_likelihood is not None:
            assert more.log_likelihood[number] == pytest.approx(-found.nll, abs=1e-9)


def test_members_that_say_the_same_are_scored_as_their_ties_fall() -> None:
    rng = np.random.RandomState(1)
    labels = {split: labels_of(60, rng) for split in ("valid", "test")}
    coarse = {split: rng.randint(-1, 2, (4, 60, 7)).astype(np.float32) for split in labels}
    for logits in coarse.values():
        logits[2] = logits[0]
    explorer = Explorer(NAMES[:4], coarse, labels)
    for combiner in ADDITIVE:
        found = every_subset(explorer, Setting(NAMES[:4], "equal", combiner))
        for number in range(1, 16):
            assert (
                found.accuracy[number] == explorer.recompute(Setting(found.names(number), "equal", combiner)).accuracy
            )


@examples(15)
@given(seed=st.integers(0, 10_000), threads=st.integers(1, 4), combiner=st.sampled_from(sorted(ADDITIVE)))
def test_threads_make_no_difference(seed: int, threads: int, combiner: str) -> None:
    explorer = made(3, 40, seed)
    setting = Setting(NAMES[:3], "categorical", combiner)
    one, many = every_subset(explorer, setting, threads=1), every_subset(explorer, setting, threads=threads)
    assert np.array_equal(one.accuracy, many.accuracy)


def test_more_members_than_one_thread_walks_through() -> None:
    explorer = made(12, 60)
    setting = Setting(explorer.members, "accuracy", "mean_probability")
    found = every_subset(explorer, setting, likelihood=True, threads=2)
    assert found.log_likelihood is not None
    assert found.log_likelihood[0] == -math.log(7)
    for number in np.random.RandomState(0).randint(1, 1 << 12, 40).tolist():
        outcome = explorer.recompute(Setting(found.names(number), "accuracy", "mean_probability"))
        assert found.accuracy[number] == outcome.accuracy
        assert found.log_likelihood[number] == pytest.approx(-outcome.nll, abs=1e-9)


def test_members_come_in_the_explorers_order_and_not_too_many(explorer: Explorer) -> None:
    mixed = every_subset(explorer, Setting(("d", "a"), "manual", "mean_probability", (2.0, 1.0)))
    assert mixed.members == ("a", "d")
    right = explorer.recompute(Setting(("a", "d"), "manual", "mean_probability", (1.0, 2.0))).accuracy
    assert mixed.accuracy[3] == right
    many = made(LARGEST + 1, 14)
    with pytest.raises(ValueError, match=r"^members: expected at most 16, got 17$"):
        every_subset(many, Setting(many.members))


@pytest.mark.parametrize(("weighting", "combiner"), [(w, c) for w in WEIGHTINGS for c in COMBINERS])
def test_a_scheme_that_cannot_be_scored_for_every_subset_says_why(
    explorer: Explorer, weighting: str, combiner: str
) -> None:
    why = not_for_every_subset(weighting, combiner)
    assert (why is None) == (combiner in ADDITIVE and not WEIGHTINGS[weighting].joint)
    if why is not None:
        with pytest.raises(ValueError, match=why):
            every_subset(explorer, Setting(NAMES, weighting, combiner, MANUAL if weighting == "manual" else ()))
