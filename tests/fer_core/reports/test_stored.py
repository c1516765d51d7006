"""Figures of the report that are kept beside the artifacts: used for these alone, and never instead of right ones."""

import json
from pathlib import Path

import pytest

from fer_core.artifacts import open_artifacts
from fer_core.reports import stored as module
from fer_core.reports.markdown import results
from fer_core.reports.stored import FIGURES, PACKAGES, SOURCES, program, store, stored
from fer_core.reports.summary import report
from tests.command import command
from tests.pages import ROOT
from tests.synthetic import write_artifacts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_artifacts(tmp_path / "artifacts")


def test_the_figures_that_are_shipped_are_those_of_the_program() -> None:
    opened = open_artifacts(ROOT / "artifacts")
    found = stored(opened)
    assert found is not None, "run: python -m fer_core report --update"
    assert results(found) == results(report(opened))


def test_what_is_kept_is_what_is_computed(root: Path) -> None:
    opened = open_artifacts(root)
    assert stored(opened) is None
    found = report(opened)
    assert store(opened, found) == root / FIGURES
    assert stored(opened) == json.loads(json.dumps(found))
    assert open_artifacts(root).check() == []


def test_other_artifacts_and_another_program_have_figures_of_their_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_artifacts(root)
    store(opened, report(opened))
    other = write_artifacts(tmp_path / "other", seed=8)
    (other / FIGURES).write_bytes((root / FIGURES).read_bytes())
    assert stored(open_artifacts(other)) is None
    monkeypatch.setattr(module, "program", lambda: "another")
    assert stored(opened) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"of": 1}', b'{"figures": {}}', b"\xff"])
def test_a_damaged_file_is_computed_anew(root: Path, content: bytes) -> None:
    whole = command("report", "--json", "--artifacts", root)
    (root / FIGURES).write_bytes(content)
    assert stored(open_artifacts(root)) is None
    assert command("report", "--json", "--artifacts", root).out == whole.out


def test_the_command_says_the_same_from_what_is_kept(root: Path) -> None:
    opened = open_artifacts(root)
    computed = {form: command("report", *form, "--artifacts", root).out for form in ((), ("--json",), ("--markdown",))}
    store(opened, report(opened))
    for form, out in computed.items():
        assert command("report", *form, "--artifacts", root).out == out


def test_all_that_figures_depend_on_is_there() -> None:
    for name in SOURCES:
        assert (ROOT / "fer_core" / name).exists()
    assert PACKAGES
    assert len(program()) == 64
