"""Rescued, broken and hard images, against a plain loop over images and members."""

import csv
import io
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting
from fer_core.ensemble.analysis.rescues import KINDS, Ballots, ballots
from tests.examples import examples
from tests.synthetic import NINE, labels_of, logits_of

NAMES = ("a", "b", "c")


def made(seed: int = 0, *, members: tuple[str, ...] = NAMES, n: int = 200) -> Explorer:
    rng = np.random.RandomState(seed)
    labels = {split: labels_of(n, rng) for split in ("valid", "test")}
    logits = {split: logits_of(labels[split], len(members), rng) for split in labels}
    return Explorer(members, logits, labels, {split: rng.rand(n) < 0.1 for split in labels})


EXPLORERS = [made(seed) for seed in range(3)]


def settings_of() -> st.SearchStrategy[Setting]:
    chosen = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)

    def setting(members: tuple[str, ...]) -> st.SearchStrategy[Setting]:
        return st.builds(
            Setting,
            members=st.just(members),
            weighting=st.sampled_from(["equal", "manual"]),
            combiner=st.sampled_from(["mean_probability", "hard_vote"]),
            manual=st.permutations([1.0, 0.0, 0.5][: len(members)]).map(tuple),
            split=st.sampled_from(["valid", "test"]),
            twins=st.booleans(),
        )

    return chosen.flatmap(setting)


def check(explorer: Explorer, setting: Setting) -> Ballots:
    """Hold votes to what explorer and members say, image by image."""
    found, outcome = ballots(explorer, setting), explorer.recompute(setting)
    part = explorer.part(setting.split, twins=setting.twins)
    best = explorer.members.index(explorer.best_member)
    assert found.members == setting.members
    assert found.best_member == explorer.best_member
    assert len(found.rows) == outcome.n
    for i, row in enumerate(found.rows.tolist()):
        label, decided = int(part.labels[i]), int(outcome.decision.labels[i])
        votes = [int(part.logs[explorer.members.index(name), i].argmax()) for name in setting.members]
        first = int(part.logs[best, i].argmax())
        kind = {
            (True, True): "both right",
            (True, False): "rescued",
            (False, True): "broken",
            (False, False): "both wrong",
        }
        assert row == part.images[i]
        assert found.labels[i] == label
        assert found.decided[i] == decided
        assert found.votes[:, i].tolist() == votes
        assert found.best_votes[i] == first
        assert found.right[:, i].tolist() == [vote == label for vote in votes]
        assert found.dissent[i] == sum(vote != decided for vote in votes)
        assert KINDS[found.kind[i]] == kind[decided == label, first == label]
        assert found.members_right[i] == sum(vote == label for vote in votes)
        assert found.true_shares[i] == outcome.decision.shares[i, label]
    return found


@examples(25)
@given(explorer=st.sampled_from(EXPLORERS), setting=settings_of())
def test_every_vote_and_kind_is_what_a_loop_finds(explorer: Explorer, setting: Setting) -> None:
    found = check(explorer, setting)
    counts, test = found.counts(), explorer.recompute(setting).mcnemar
    assert sum(counts.values()) == len(found.rows)
    assert found.test() == test
    assert (counts["rescued"], counts["broken"]) == (test.only_first, test.only_second)
    if differ := counts["rescued"] + counts["broken"]:
        assert test.p == pytest.approx(binomtest(counts["rescued"], differ).pvalue)


@pytest.mark.parametrize("combiner", COMBINERS)
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_every_scheme_is_served(weighting: str, combiner: str) -> None:
    manual = (2.0, 0.0, 1.0) if weighting == "manual" else ()
    check(EXPLORERS[0], Setting(NAMES, weighting, combiner, manual))


@pytest.mark.parametrize("name", NAMES)
def test_one_member_alone_never_dissents(name: str) -> None:
    explorer = EXPLORERS[1]
    found = ballots(explorer, Setting((name,)))
    assert not found.dissent.any()
    alone = name == explorer.best_member
    assert (found.counts()["rescued"] + found.counts()["broken"] == 0) == alone


def test_equal_members_rescue_nothing() -> None:
    rng = np.random.RandomState(3)
    labels = {split: labels_of(60, rng) for split in ("valid", "test")}
    logits = {split: np.repeat(logits_of(labels[split], 1, rng), 3, axis=0) for split in labels}
    found = ballots(Explorer(NAMES, logits, labels), Setting(NAMES))
    assert not found.dissent.any()
    assert found.counts()["rescued"] == found.counts()["broken"] == 0
    assert found.test().p == 1


@examples(80)
@given(
    explorer=st.sampled_from(EXPLORERS),
    kind=st.none() | st.sampled_from(KINDS),
    label=st.none() | st.integers(0, 6),
    decided=st.none() | st.integers(0, 6),
    dissent=st.integers(0, 4),
)
def test_a_selection_is_what_a_loop_keeps(
    explorer: Explorer, kind: str | None, label: int | None, decided: int | None, dissent: int
) -> None:
    found = ballots(explorer, Setting(NAMES))
    expected = [
        i
        for i in range(len(found.rows))
        if (kind is None or KINDS[found.kind[i]] == kind)
        and (label is None or found.labels[i] == label)
        and (decided is None or found.decided[i] == decided)
        and found.dissent[i] >= dissent
    ]
    chosen = {"kind": kind, "label": label, "decided": decided, "dissent": dissent}
    at = found.select(**chosen)  # type: ignore[arg-type]
    assert at.tolist() == expected
    hard = found.select(**chosen, order="hardness").tolist()  # type: ignore[arg-type]
    assert hard == sorted(expected, key=lambda i: (found.members_right[i], found.true_shares[i], i))
    counts = found.confusion(at)
    if expected:
        assert (counts == confusion_matrix(found.labels[at], found.decided[at], labels=range(7))).all()
    else:
        assert not counts.any()


def test_what_there_is_not_is_refused() -> None:
    found = ballots(EXPLORERS[0], Setting(NAMES))
    with pytest.raises(ValueError, match=r"^kind: expected one of both wrong, broken, rescued, both right, got 'lost'"):
        found.select(kind="lost")
    with pytest.raises(ValueError, match=r"^label: expected 0 to 6, got 7"):
        found.select(label=7)
    with pytest.raises(ValueError, match=r"^decided: expected 0 to 6, got -1"):
        found.select(decided=-1)
    with pytest.raises(ValueError, match=r"^order: expected one of row, hardness, got 'size'"):
        found.select(order="size")
    with pytest.raises(ValueError, match=r"^members: "):
        ballots(EXPLORERS[0], Setting(("nobody",)))


def test_a_table_holds_each_vote_and_the_crowd_by_row() -> None:
    found = ballots(EXPLORERS[2], Setting(("c", "a"), twins=False))
    crowd = {"sadness": np.arange(200, dtype=np.uint8)}
    at = found.select(kind="both wrong", order="hardness")
    records = list(csv.DictReader(io.StringIO(found.to_csv(at, crowd))))
    assert len(records) == len(at) > 0
    assert (found.rows != np.arange(len(found.rows))).any(), "rows without twins are not positions"
    for i, record in zip(at.tolist(), records, strict=True):
        assert int(record["row"]) == found.rows[i]
        assert record["label"] == EMOTIONS[found.labels[i]]
        assert record["ensemble"] == EMOTIONS[found.decided[i]]
        assert float(record["share"]) == pytest.approx(found.shares[i].max(), abs=1e-6)
        assert record["kind"] == "both wrong"
        assert int(record["say_otherwise"]) == found.dissent[i]
        assert (record["c"], record["a"]) == tuple(EMOTIONS[vote] for vote in found.votes[:, i])
        assert int(record["crowd_sadness"]) == found.rows[i]
    assert "crowd" not in found.to_csv(at[:0])
    assert found.to_csv(at[:0]).count("\n") == 1


@examples(25)
@given(explorer=st.sampled_from(EXPLORERS), setting=settings_of(), other=settings_of())
def test_another_setting_can_be_what_counts(explorer: Explorer, setting: Setting, other: Setting) -> None:
    other = replace(other, split=setting.split, twins=setting.twins)
    found, back = ballots(explorer, setting, against=other), ballots(explorer, other, against=setting)
    right, was = (explorer.recompute(one).right.tolist() for one in (setting, other))
    for i, (now, before) in enumerate(zip(right, was, strict=True)):
        kind = {(1, 1): "both right", (1, 0): "rescued", (0, 1): "broken", (0, 0): "both wrong"}
        assert KINDS[found.kind[i]] == kind[now, before]
    assert found.test() == explorer.compare(other, setting).mcnemar
    assert (found.kind == np.array([0, 2, 1, 3])[back.kind]).all()
    with pytest.raises(ValueError, match=r"^against: expected the images of the setting"):
        ballots(explorer, setting, against=replace(other, twins=not other.twins))


def test_a_member_called_as_a_column_keeps_its_own() -> None:
    rng = np.random.RandomState(4)
    labels = {split: labels_of(60, rng) for split in ("valid", "test")}
    logits = {split: logits_of(labels[split], 2, rng) for split in labels}
    found = ballots(Explorer(("label", "share"), logits, labels), Setting(("label", "share")))
    record = next(csv.DictReader(io.StringIO(found.to_csv(np.arange(60)))))
    assert record["label"] == EMOTIONS[found.labels[0]]
    assert record["member label"] == EMOTIONS[found.votes[0, 0]]


def test_nine_members_take_less_than_a_twentieth_of_a_second() -> None:
    explorer = made(members=NINE, n=3589)
    setting, times = Setting(NINE), []
    for _ in range(5):
        began = time.perf_counter()
        found = ballots(explorer, setting)
        found.select(kind="rescued", order="hardness")
        times.append(time.perf_counter() - began)
    assert min(times) < 0.05
