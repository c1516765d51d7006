"""The bench compares like with like, and says so where scikit-learn is missing.  Nothing is timed here."""

import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core import bench
from fer_core.cli import app
from fer_core.ensemble import Explorer, Setting

NAMES = tuple(f"member{i}" for i in range(bench.MEMBERS))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(bench, "IMAGES", 300)
    monkeypatch.setenv("FER_ARTIFACTS", f"{tmp_path}/none")


def test_both_sides_work_out_the_same() -> None:
    logits, labels = bench.synthetic()
    explorer = Explorer(NAMES, logits, labels)
    ours = explorer.recompute(Setting(NAMES))
    probabilities, best = explorer.part("test").probabilities, NAMES.index(ours.best_member)
    peer = bench.sklearn_recompute(probabilities, labels["test"], best)
    assert peer is not None
    theirs = peer()
    for key in ("accuracy", "interval", "macro_f1", "nll", "brier", "ece"):
        assert getattr(ours, key) == pytest.approx(theirs[key]), key
    assert list(ours.member_accuracy.values()) == pytest.approx(theirs["member_accuracy"])
    assert ours.mcnemar.p == pytest.approx(theirs["p"])
    assert (ours.confusion == theirs["confusion"]).all()
    np.testing.assert_allclose(ours.recalls, theirs["recalls"])
    np.testing.assert_allclose(ours.recall_gain, theirs["recalls"] - theirs["recalls_of_best"])


def test_made_up_members_are_like_real_ones_and_the_same_each_time() -> None:
    first, second = bench.synthetic(), bench.synthetic()
    assert all((first[0][split] == second[0][split]).all() for split in first[0])
    explorer = Explorer(NAMES, *first)
    assert min(explorer.valid_accuracy.values()) > 0.5
    assert max(explorer.valid_accuracy.values()) < 0.85


def test_json_is_one_document_with_every_combiner() -> None:
    result = CliRunner().invoke(app, ["bench", "--repeat", "20", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["members"], found["images"], found["classes"], found["repeat"]) == (9, 300, 7, 20)
    assert found["peer"].startswith("scikit-learn ")
    what = [timing["what"] for timing in found["timings"]]
    assert len(what) == len(set(what)) == 6 + 1 + 1
    assert all(0 < timing["median_ms"] <= timing["p95_ms"] for timing in found["timings"])


def test_a_missing_scikit_learn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    result = CliRunner().invoke(app, ["bench", "--repeat", "20"])
    assert result.exit_code == 0, result.output
    assert "Install scikit-learn" in result.stdout
    assert bench.bench(repeat=1).peer is None


def test_real_members_are_timed_where_there_are_some() -> None:
    logits, labels = bench.synthetic(seed=1)
    real = Explorer(("a", "b"), {split: part[:2] for split, part in logits.items()}, labels)
    found = bench.bench(repeat=1, real=real)
    assert any(timing.what.startswith("the 2 members of artifacts") for timing in found.timings)
