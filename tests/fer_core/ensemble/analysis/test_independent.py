"""Members made independent keep what they are, and lose what they share."""

import numpy as np
import pytest

from fer_core.ensemble import COMBINERS, Explorer, Setting
from fer_core.ensemble.analysis.diversity import independent, shuffled
from fer_core.metrics import confusion
from tests.fer_core.ensemble.subsets.test_every import NAMES, made
from tests.synthetic import labels_of

MANUAL = (0.5, 1.0, 0.0, 1.0, 0.75)


def test_a_shuffle_keeps_every_members_confusions() -> None:
    part, rng = made().part("test"), np.random.default_rng(0)
    classes = [np.flatnonzero(part.labels == c) for c in range(7)]
    images = shuffled(classes, rng)
    assert sorted(images) == list(range(len(part.labels)))
    assert np.array_equal(part.labels[images], part.labels)
    assert not np.array_equal(images, np.arange(len(images)))
    for predicted in part.predicted:
        before, after = (confusion(each, part.labels, 7) for each in (predicted, predicted[images]))
        assert np.array_equal(before, after)


def test_one_member_alone_is_what_it_was() -> None:
    explorer = made()
    found = independent(explorer, Setting(("c",), twins=False), repeats=3)
    assert found.accuracies == (explorer.member_accuracy("test", twins=False)["c"],) * 3


@pytest.mark.parametrize("combiner", COMBINERS)
def test_every_rule_gains_from_independence_and_always_alike(combiner: str) -> None:
    explorer, setting = made(), Setting(NAMES, "manual", combiner, MANUAL)
    found = independent(explorer, setting, repeats=3)
    assert found == independent(explorer, setting, repeats=3)
    assert found.accuracies[:2] == independent(explorer, setting, repeats=2).accuracies
    assert found.accuracies != independent(explorer, setting, repeats=3, seed=1).accuracies
    low, high = found.range
    assert 0 <= low <= found.mean <= high <= 1
    mixed = Setting(NAMES[::-1], "manual", combiner, MANUAL[::-1])
    assert independent(explorer, mixed, repeats=3) == found


def test_votes_reach_what_independent_votes_are_expected_to() -> None:
    """Three members of about 60% that err together reach no more; independent ones do, by the binomial law."""
    rng = np.random.RandomState(0)
    labels = {split: labels_of(4000, rng) for split in ("valid", "test")}
    logits = {}
    for split, truth in labels.items():
        wrong = rng.rand(len(truth)) < 0.4
        said = np.where(wrong, (truth + 1) % 7, truth)
        logits[split] = np.tile(8 * np.eye(7, dtype=np.float32)[said], (3, 1, 1))
    explorer = Explorer(NAMES[:3], logits, labels)
    setting, part = Setting(NAMES[:3], "equal", "hard_vote"), explorer.part("test")
    shares = np.array([part.right[0, part.labels == c].mean() for c in range(7)])
    expected = (shares**3 + 3 * shares**2 * (1 - shares))[part.labels].mean()
    assert expected > explorer.recompute(setting).accuracy + 0.02
    assert independent(explorer, setting).mean == pytest.approx(expected, abs=0.005)


def test_no_shuffle_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^repeats: expected at least 1, got 0"):
        independent(made(), Setting(NAMES), repeats=0)
