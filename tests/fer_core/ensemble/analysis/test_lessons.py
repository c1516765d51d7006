"""What the lesson computes, against plain loops."""

import numpy as np
import pytest

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting
from fer_core.ensemble.analysis.lessons import leakage, of_copies, shared_errors
from tests.synthetic import labels_of, logits_of

NAMES = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    rng = np.random.RandomState(3)
    labels = {split: labels_of(400, rng) for split in ("valid", "test")}
    return Explorer(NAMES, {split: logits_of(labels[split], len(NAMES), rng) for split in labels}, labels)


@pytest.mark.parametrize("combiner", [name for name, rule in COMBINERS.items() if rule.fit is None])
def test_copies_are_as_good_as_one(explorer: Explorer, combiner: str) -> None:
    one = explorer.recompute(Setting(("b",), combiner=combiner)).accuracy
    assert of_copies(explorer, "b", 5, combiner=combiner) == one


def test_errors_that_all_share_are_counted(explorer: Explorer) -> None:
    part, members = explorer.part("test"), ("a", "c", "d")
    rows = [NAMES.index(name) for name in members]
    images = sum(all(not part.right[m, n] for m in rows) for n in range(len(part.labels)))
    by_chance = 0.0
    for label in part.labels:
        same = [k for k in range(len(part.labels)) if part.labels[k] == label]
        chance = 1.0
        for m in rows:
            chance *= sum(not part.right[m, k] for k in same) / len(same)
        by_chance += chance
    found = shared_errors(explorer, members)
    assert found.images == images
    assert found.by_chance == pytest.approx(by_chance)
    one = shared_errors(explorer, ("a",))
    assert one.images == pytest.approx(one.by_chance) == (~part.right[0]).sum()


@pytest.mark.parametrize("weighting", [name for name, entry in WEIGHTINGS.items() if entry.fit is not None])
def test_honest_weights_are_the_explorers_and_peeking_ones_those_of_a_swapped_one(
    explorer: Explorer, weighting: str
) -> None:
    valid, test = explorer.part("valid"), explorer.part("test")
    swapped = Explorer(
        NAMES,
        {"valid": test.logs.astype(np.float32), "test": valid.logs.astype(np.float32)},
        {"valid": test.labels, "test": valid.labels},
    )
    found = leakage(explorer, NAMES, weighting)
    assert found.honest == explorer.recompute(Setting(NAMES, weighting)).accuracy
    assert found.leaked == swapped.recompute(Setting(NAMES, weighting, split="valid")).accuracy
    if weighting == "equal":
        assert found.honest == found.leaked == found.unseen


def test_weights_of_one_half_never_see_the_other() -> None:
    """Labels without any relation to the outputs: what is fitted to them holds nowhere else."""
    rng = np.random.RandomState(0)
    labels = {split: labels_of(4000, rng) for split in ("valid", "test")}
    logits = {split: rng.standard_normal((9, 4000, 7)).astype(np.float32) for split in labels}
    noise = Explorer([f"m{i}" for i in range(9)], logits, labels)
    found = leakage(noise, noise.members, "caruana")
    best = max(noise.member_accuracy("test").values())
    assert found.leaked >= best
    assert found.unseen < found.leaked
    assert found.unseen == pytest.approx(1 / 7, abs=0.03)


def test_misuse_is_named(explorer: Explorer) -> None:
    with pytest.raises(ValueError, match="count: expected at least one"):
        of_copies(explorer, "a", 0)
    with pytest.raises(ValueError, match="members: expected some of"):
        of_copies(explorer, "x", 2)
    with pytest.raises(ValueError, match="weighting: expected one that is fitted"):
        leakage(explorer, NAMES, "manual")
    with pytest.raises(ValueError, match="combiner: expected one of"):
        leakage(explorer, NAMES, "equal", combiner="best")
    with pytest.raises(ValueError, match="members: expected at least one"):
        shared_errors(explorer, ())
