"""The report with members of a user's own: beside the others, alone, and very many of them."""

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from typer.testing import CliRunner

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.cli import app
from fer_core.ensemble import WEIGHTINGS, Explorer, Setting, choose, out_of_fold_accuracy, schemes
from fer_core.ensemble.subsets.search import searched
from fer_core.reports.many import report_many, told_of
from fer_core.reports.summary import bare_figures, explorer_alone, explorer_of, ours_of, report
from fer_core.reports.user_predictions import FEW, report_extra
from fer_core.user_predictions import Extra, read_extra
from tests.extra_files import joining_npz, other_data
from tests.synthetic import ROSTER, npz, write_artifacts


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return open_artifacts(write_artifacts(tmp_path_factory.mktemp("extra") / "artifacts"))


def joining(artifacts: Artifacts, members: int = 2) -> Extra:
    return read_extra(joining_npz(ours_of(artifacts), members), "mine.npz", ours_of(artifacts))


def alone(artifacts: Artifacts, members: int = 3, rows: int = 200) -> Extra:
    return read_extra(npz(**other_data(rows=rows, members=members)), "data.npz", ours_of(artifacts))


def test_members_that_join_stand_beside_the_others(artifacts: Artifacts) -> None:
    extra = joining(artifacts)
    found, before = report_extra(artifacts, [extra]), report(artifacts)
    assert [m["name"] for m in found["members"]] == [*ROSTER, "mine 0", "mine 1"]
    assert found["members"][: len(ROSTER)] == before["members"]
    mine, said = found["members"][-1], extra.logits["test"][1].argmax(axis=1)
    assert mine["accuracy"] == pytest.approx((said == extra.labels["test"]).mean())
    assert (mine["parameters"], mine["test"]["one_view"]) == (None, None)
    assert found["files"] == [
        {"file": "mine.npz", "sha256": extra.sha256, "members": ["mine 0", "mine 1"], "remarks": []}
    ]
    explorer = explorer_of(artifacts, extras=[extra])
    assert found["chosen"]["members"] == list(choose(explorer).setting.members)
    json.dumps(found, allow_nan=False)


def test_two_files_join_and_names_are_not_taken_twice(artifacts: Artifacts) -> None:
    first = joining(artifacts)
    second = replace(first, members=("b 1", "b 2"), file="b.npz")
    assert len(report_extra(artifacts, [first, second])["members"]) == len(ROSTER) + 4
    assert ours_of(artifacts, [first]).members == (*ROSTER, "mine 0", "mine 1")


def test_rows_of_their_own_are_told_of_alone(artifacts: Artifacts) -> None:
    extra = alone(artifacts)
    found = report_extra(artifacts, [extra])
    assert (found["alone"], found["splits"], found["rows"]) == (
        True,
        {"valid": "Validation", "test": "Test"},
        {"valid": 100, "test": 100},
    )
    assert [m["name"] for m in found["members"]] == ["m0", "m1", "m2"]
    assert found["ensembles"][0]["accuracy"] == explorer_alone(extra).recompute(Setting(extra.members)).accuracy
    with pytest.raises(ValueError, match=r"^extras: expected files that join, or one alone"):
        report_extra(artifacts, [extra, joining(artifacts)])


def test_the_report_of_many_classes_leaves_out_what_takes_minutes_and_tells_how_far_it_is(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("fer_core.ensemble.schemes"), "TOO_SLOW", 1.0)
    told: list[str] = []
    found = report_extra(artifacts, [alone(artifacts)], tell=told.append)
    assert found["left_out"] == ["stacking"]
    assert len(found["ensembles"]) == len(schemes()) - 1
    assert told[0] == "Choosing members and weights"
    assert told[-1] == f"Scoring nearest neighbours, {len(schemes()) - 1} of {len(schemes()) - 1} schemes"


def flat(figures: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Return nested figures by path, without names and what is not known."""
    found = {}
    for key, value in figures.items():
        if isinstance(value, dict):
            found |= flat(value, f"{path}/{key}")
        elif isinstance(value, list):
            found |= flat({str(i): one for i, one in enumerate(value)}, f"{path}/{key}")
        elif not isinstance(value, str | None):
            found[f"{path}/{key}"] = value
    return found


def test_many_members_have_the_figures_of_few(artifacts: Artifacts) -> None:
    extra = joining(artifacts, 3)
    explorer = explorer_of(artifacts, extras=[extra])
    parts = {split: explorer.part(split) for split in ("valid", "test")}
    logits = {split: part.logs.astype(np.float32) for split, part in parts.items()}
    labels = {split: part.labels for split, part in parts.items()}
    twins = {split: part.twin for split, part in parts.items()}
    found = report_many(told_of(explorer.members, explorer.classes, [logits], labels, twins))
    assert found["best_member"] == explorer.best_member
    for got in found["members"]:
        wanted = bare_figures(explorer, got["name"], Setting(explorer.members))
        assert flat(got) == pytest.approx(flat({key: wanted[key] for key in got}), rel=1e-4)
    for got in found["ensembles"]:
        outcome = explorer.recompute(Setting(explorer.members, got["weighting"]))
        assert got["accuracy"] == outcome.accuracy
        assert got["without_twins"]["accuracy"] == explorer.recompute(replace(outcome.setting, twins=False)).accuracy
        assert got["mcnemar"]["p"] == pytest.approx(outcome.mcnemar.p)
        assert got["nll"] == pytest.approx(outcome.nll, rel=1e-4)
        if WEIGHTINGS[got["weighting"]].fitted:
            fair = out_of_fold_accuracy(explorer, explorer.members, got["weighting"], "mean_probability")
            assert got["valid_out_of_fold"] == fair
    assert len(found["ensembles"]) == sum(entry.fit is not None for entry in WEIGHTINGS.values())
    assert found["chosen"] in found["ensembles"]


def test_more_members_than_can_be_searched_are_weighed_instead(artifacts: Artifacts) -> None:
    extra = alone(artifacts, 13)
    explorer = explorer_alone(extra)
    assert searched(explorer) == 12
    chosen = choose(explorer)
    assert chosen.setting.members == extra.members
    fair = {
        name: out_of_fold_accuracy(explorer, extra.members, name, "mean_probability")
        for name, entry in WEIGHTINGS.items()
        if entry.fit is not None
    }
    assert chosen.valid_accuracy == max(fair.values()) == fair[chosen.setting.weighting]
    many = report_extra(artifacts, [alone(artifacts, FEW + 1)])
    assert {e["combiner"] for e in many["ensembles"]} == {"mean_probability"}


def ran(artifacts: Artifacts, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", "--artifacts", str(artifacts.root), *map(str, arguments)])
    return result.exit_code, result.output + str(result.exception or "")


def test_the_command_reports_classifiers_of_another_data_set(artifacts: Artifacts, tmp_path: Path) -> None:
    rng = np.random.RandomState(0)
    labels = rng.randint(4, size=400)
    inputs = rng.standard_normal((400, 6)) + np.eye(4)[labels] @ rng.standard_normal((4, 6))
    models = {"regression": LogisticRegression(), "naive Bayes": GaussianNB()}
    told = [model.fit(inputs[:150], labels[:150]).predict_proba(inputs[150:]) for model in models.values()]
    path = tmp_path / "sklearn.npz"
    np.savez(path, probabilities=np.array(told), labels=labels[150:], members=list(models))
    code, text = ran(artifacts, "--extra", path)
    assert code == 0, text
    for words in ("2 of your own members", "regression", "naive Bayes", "Chosen on Validation", "divided at random"):
        assert words in text
    assert "twins" not in text
    assert "PublicTest" not in text
    found = json.loads(ran(artifacts, "--extra", path, "--json")[1])
    right = {name: (p.argmax(axis=1) == labels[150:]).mean() for name, p in zip(models, told, strict=True)}
    for member in found["members"]:
        halves = found["rows"]
        mean = (member["valid"]["full"] * halves["valid"] + member["accuracy"] * halves["test"]) / 250
        assert mean == pytest.approx(right[member["name"]])


def test_the_command_names_what_is_wrong(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("some words")
    np.savez(tmp_path / "own.npz", **other_data())  # type: ignore[arg-type]
    mine = tmp_path / "mine.npz"
    mine.write_bytes(joining_npz(ours_of(artifacts)))
    for arguments, words in (
        (["--extra", tmp_path / "gone.npz"], "gone.npz cannot be read"),
        (["--extra", tmp_path / "words.csv"], "words.csv needs a header"),
        (["--extra", mine, "--extra", tmp_path / "own.npz"], "own.npz has rows of its own, so it stands alone"),
        (["--extra", mine, "--extra", mine], "mine 0, which is taken"),
        (["--extra", mine, "--markdown"], "without --extra"),
        (["--template", tmp_path / "x.txt"], "--template writes .csv or .npz"),
        (["--template", tmp_path / "gone" / "x.csv"], "cannot be written"),
    ):
        code, text = ran(artifacts, *arguments)
        assert code != 0
        assert words in re.sub(r"[\s│]+", " ", text)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.npz", "own.npz", "words.csv"]


@pytest.mark.parametrize("form", ["labels flipped", "few rows of many classes", "shares of zero", "very many"])
def test_the_command_reports_members_that_are_never_right(artifacts: Artifacts, tmp_path: Path, form: str) -> None:
    rng = np.random.RandomState(0)
    labels = np.arange(40) % 2 if form == "labels flipped" else np.arange(20) % 10
    wrong = np.eye(int(labels.max()) + 1)[(labels + 1) % (labels.max() + 1)]
    told = {
        "labels flipped": np.stack([8 * wrong, 7 * wrong]),
        "few rows of many classes": rng.standard_normal((3, 20, 10)),
        "shares of zero": np.stack([wrong] * 3),
        "very many": np.stack([900 * wrong] * (FEW + 1)),
    }[form]
    kind = "probabilities" if form == "shares of zero" else "logits"
    np.savez(tmp_path / "odd.npz", **{kind: told, "labels": labels})
    code, text = ran(artifacts, "--extra", tmp_path / "odd.npz")
    assert code == 0, text
    assert "chance" in text
    found = json.loads(ran(artifacts, "--extra", tmp_path / "odd.npz", "--json")[1])
    assert 0 <= found["chosen"]["accuracy"] <= 1
    if form == "very many":
        assert found["chosen"]["nll"] is None


@pytest.mark.parametrize("name", ["t.csv", "t.npz"])
def test_a_template_can_be_reported_on_as_it_is(artifacts: Artifacts, tmp_path: Path, name: str) -> None:
    assert ran(artifacts, "--template", tmp_path / name)[0] == 0
    code, text = ran(artifacts, "--extra", tmp_path / name)
    assert code == 0, text
    assert "mine" in text


def test_an_explorer_of_other_classes_scores_as_a_plain_loop_does(artifacts: Artifacts) -> None:
    extra = alone(artifacts, 4)
    explorer: Explorer = explorer_alone(extra)
    outcome = explorer.recompute(Setting(("m0", "m2", "m3")))
    shares = np.exp(extra.logits["test"][[0, 2, 3]].astype(float)).mean(axis=0)
    assert outcome.accuracy == (shares.argmax(axis=1) == extra.labels["test"]).mean()
    assert outcome.confusion.shape == (4, 4)
