"""The report where it goes: README and docs, kept up to date by the command, and the terminal."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.cli import app
from fer_core.cli import report as command
from fer_core.errors import FerError
from fer_core.reports.markdown import BEGIN, END, results, stale, summary, update
from fer_core.reports.markdown.document import parts
from fer_core.reports.summary import report
from tests import ROOT
from tests.synthetic import COMMIT, write_artifacts


def project(folder: Path, readme: str = f"# Title\n\n{BEGIN}\nold\n{END}\n\nThe rest.\n") -> Path:
    (folder / "README.md").write_text(readme)
    return folder


def test_update_rewrites_both_files_once_and_nothing_else(tmp_path: Path, found: dict[str, Any]) -> None:
    place = project(tmp_path)
    assert update(place, found) == [place / "README.md", place / "docs" / "results.md"]
    readme = (place / "README.md").read_text()
    assert readme == f"# Title\n\n{BEGIN}\n{summary(found)}\n{END}\n\nThe rest.\n"
    assert (place / "docs" / "results.md").read_text() == results(found)
    assert update(place, found) == []
    assert sorted(path.name for path in place.rglob("*")) == ["README.md", "docs", "results.md"]


def test_other_artifacts_make_both_files_stale(tmp_path: Path, found: dict[str, Any]) -> None:
    place = project(tmp_path)
    update(place, found)
    assert stale(place, found) == {}
    other = report(open_artifacts(write_artifacts(tmp_path / "artifacts", n=100, seed=1)))
    assert set(stale(place, other)) == {place / "README.md", place / "docs" / "results.md"}


@pytest.mark.parametrize("readme", ["no markers", BEGIN, f"{END} {BEGIN}"])
def test_a_readme_without_a_place_is_left_alone(tmp_path: Path, found: dict[str, Any], readme: str) -> None:
    place = project(tmp_path, readme)
    with pytest.raises(FerError, match="no place for the results"):
        update(place, found)
    assert (place / "README.md").read_text() == readme
    assert not (place / "docs").exists()


def test_no_readme_is_one_sentence(tmp_path: Path, found: dict[str, Any]) -> None:
    with pytest.raises(FerError, match=r"README\.md cannot be read"):
        update(tmp_path, found)


def test_readme_and_results_are_those_of_the_artifacts() -> None:
    artifacts = open_artifacts(ROOT / "artifacts")
    outdated = [path.name for path in stale(ROOT, report(artifacts), parts(artifacts))]
    assert outdated == [], "run: python -m fer_core report --update"


def run(*arguments: str, root: Path) -> str:
    done = CliRunner().invoke(app, ["report", "--artifacts", str(root), *arguments], env={"COLUMNS": "80"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_is_one_document_of_the_same_figures(artifacts: Artifacts, found: dict[str, Any]) -> None:
    assert json.loads(run("--json", root=artifacts.root)) == found


def test_markdown_is_the_results_file(artifacts: Artifacts, found: dict[str, Any]) -> None:
    assert run("--markdown", root=artifacts.root) == results(found)


def test_the_terminal_shows_members_ensembles_the_choice_and_the_log(
    artifacts: Artifacts, found: dict[str, Any]
) -> None:
    text = run(root=artifacts.root)
    for m in found["members"]:
        assert re.search(rf"^{m['name']}\s.*{100 * m['test']['full']:.1f}", text, re.MULTILINE)
    for e in (*found["ensembles"], found["chosen"]):
        assert f"{100 * e['accuracy']:.2f}" in text
    for title in ("Equal", "Overall accuracy", "Categorical confidence", "Chosen: ", "Brier", "Chosen on PublicTest"):
        assert title in text
    assert f"2026-01-02  {COMMIT[:12]}  shallow, deep, agrawal" in text
    assert "**" not in text
    assert "…" not in text  # nothing is cut off


def test_update_works_on_the_project_of_the_command(
    artifacts: Artifacts, found: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(artifacts.root, tmp_path / "artifacts")
    monkeypatch.setitem(command.__globals__, "PROJECT", project(tmp_path))
    for path, (part, _) in parts(artifacts).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(f"Before.\n<!-- {part} -->\nold\n<!-- /{part} -->\nAfter.\n")
    assert run("--update", root=tmp_path / "artifacts") == (
        "Rewrote README.md, docs/results.md, docs/laboratory.md, docs/saliency.md.\n"
    )
    assert run("--update", root=tmp_path / "artifacts") == "README.md and docs/ are up to date.\n"
    assert (tmp_path / "docs" / "results.md").read_text() == results(found)
    for path, (part, content) in parts(artifacts).items():
        text = f"Before.\n<!-- {part} -->\n{content}\n<!-- /{part} -->\nAfter.\n"
        assert (tmp_path / path).read_text() == text
    (tmp_path / "docs" / "saliency.md").write_text("no place")
    with pytest.raises(FerError, match="the lines <!-- measured -->"):
        update(tmp_path, found, parts(artifacts))


def test_two_forms_at_once_are_refused(artifacts: Artifacts) -> None:
    done = CliRunner().invoke(app, ["report", "--json", "--markdown", "--artifacts", str(artifacts.root)])
    assert done.exit_code == 2
    assert "exclude one another" in done.output
