"""What is timed side by side comes to the same, and very many members are scored as few are."""

import json
import tracemalloc

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core.bench import laboratory
from fer_core.cli import app
from fer_core.ensemble import Setting
from fer_core.ensemble.large import pooled_shares, scores_of_many
from fer_core.ensemble.subsets.contributions import shapley
from fer_core.ensemble.subsets.every import every_subset


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"IMAGES": 200, "FEW": 4, "SEVERAL": 5, "MANY": 20, "MANY_IMAGES": 50, "SAMPLE": 8}.items():
        monkeypatch.setattr(laboratory, name, value)


def test_the_plain_ways_come_to_the_same(small: None) -> None:
    explorer = laboratory.explorer_of_made_up(4)
    part, found = explorer.part("test"), every_subset(explorer, Setting(explorer.members))
    plain = laboratory.plain_subsets(part.probabilities, part.labels, list(range(1, 16)))
    np.testing.assert_array_equal(plain, found.accuracy[1:])
    np.testing.assert_allclose(laboratory.plain_shapley(found.accuracy), shapley(found.accuracy))
    told, labels, weights = laboratory.many_members(20, 50)
    theirs = laboratory.plain_many(told, labels, weights)
    assert theirs is not None
    ours, plain_scores = scores_of_many(told, labels, weights), theirs()
    assert ours.accuracy == plain_scores["accuracy"]
    for name in ("macro_f1", "nll", "brier"):
        assert getattr(ours, name) == pytest.approx(plain_scores[name], abs=1e-5)
    np.testing.assert_array_equal(ours.confusion, plain_scores["confusion"])


def test_many_members_are_scored_as_the_explorer_scores_few(small: None) -> None:
    explorer = laboratory.explorer_of_made_up(4)
    part = explorer.part("test")
    for weighting in ("equal", "categorical"):
        setting = Setting(explorer.members, weighting)
        ours, theirs = (
            scores_of_many(part.probabilities.astype(np.float32), part.labels, explorer.weights(setting)),
            explorer.recompute(setting),
        )
        np.testing.assert_allclose(ours.decision.shares, theirs.decision.shares, atol=1e-6)
        assert ours.accuracy == theirs.accuracy
        assert ours.interval == theirs.interval
        for name in ("macro_f1", "nll", "brier", "ece"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-5)


def test_a_view_that_is_not_contiguous_is_pooled_too() -> None:
    told, _, weights = laboratory.many_members(6, 40)
    reversed_ = told[:, ::-1]
    np.testing.assert_allclose(pooled_shares(reversed_, weights), pooled_shares(told, weights)[::-1], atol=1e-6)


def test_many_members_take_hardly_more_memory_than_they_are() -> None:
    told, labels, weights = laboratory.many_members(200, 2000)
    for given in (weights, weights * np.linspace(0.9, 1, 7)):
        tracemalloc.start()
        scores_of_many(told, labels, given)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < told.nbytes / 2


@pytest.mark.parametrize(
    ("shape", "kind", "weights", "sentence"),
    [
        ((3, 4), np.float32, (3, 7), r"probabilities: expected float32 \[M,N,C\], got float32 \[3, 4\]"),
        ((3, 4, 7), np.float64, (3, 7), r"probabilities: expected float32 \[M,N,C\], got float64 \[3, 4, 7\]"),
        ((3, 4, 7), np.float32, (2, 7), r"weights: expected shape \[3, 7\], got \[2, 7\]"),
    ],
)
def test_what_does_not_fit_is_refused(
    shape: tuple[int, ...], kind: type, weights: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        pooled_shares(np.full(shape, 0.5, kind), np.ones(weights))


def test_the_command_times_them(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_core.bench import faces

    def refused(*_: object, **__: object) -> None:
        raise ModuleNotFoundError(name="torch")

    monkeypatch.setattr(faces, "time_faces", refused)  # networks are timed elsewhere
    done = CliRunner().invoke(app, ["bench", "--laboratory", "--repeat", "20", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["laboratory"]
    whats = [each["ours"]["what"] for each in found["compared"]]
    assert whats[0] == "all 15 subsets of 4 members"
    assert whats[2] == "all 31 subsets of 5 members"
    for each in found["compared"]:
        assert 0 < each["ours"]["median_ms"] <= each["ours"]["p95_ms"]
        assert each["plain_ms"] is None or each["plain_ms"] > 0
