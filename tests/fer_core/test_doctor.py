"""The doctor: what it finds in a healthy place and in broken ones, and what it says to do."""

import importlib
import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from fer_core import doctor
from fer_core.doctor import MISSING, OK, WRONG, Finding, dataset, examine, healthy, install, trained
from tests.command import command
from tests.synthetic import write_artifacts


def found(findings: list[Finding], name: str) -> Finding:
    return next(one for one in findings if one.name == name)


def pins(folder: Path, explorer: str, everything: str) -> Path:
    (folder / "requirements-explorer.txt").write_text(explorer)
    (folder / "requirements.txt").write_text(f"# more\n-r requirements-explorer.txt\n{everything}")
    return folder


def test_every_package_that_is_pinned_is_looked_at() -> None:
    named = {
        line.partition("==")[0]
        for file in doctor.NEEDED_BY
        for line in (doctor.ROOT / file).read_text().splitlines()
        if "==" in line and not line.startswith("#")
    }
    assert named < {one.name for one in install()}
    assert healthy(list(install()))


def test_a_package_that_is_not_there_is_named_with_what_installs_it(tmp_path: Path) -> None:
    findings = list(install(pins(tmp_path, "surely_not_there==1.0\n", "nor_this==2.0\n")))
    assert found(findings, "surely_not_there") == Finding(
        "install",
        "surely_not_there",
        WRONG,
        "not installed; the explorer needs it",
        "pip install -r requirements-explorer.txt",
    )
    assert found(findings, "nor_this").state == MISSING
    assert found(findings, "nor_this").remedy == "pip install -r requirements.txt"
    assert not healthy(findings)


def test_another_version_is_no_fault_but_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: "2.0+cpu")
    findings = list(install(pins(tmp_path, "numpy==2.0\npandas==1.0\n", "")))
    assert found(findings, "numpy").words == "2.0+cpu"
    assert (found(findings, "pandas").state, found(findings, "pandas").words) == (OK, "2.0+cpu; tested with 1.0")


def test_packages_that_are_no_pair_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist\nand more")

    monkeypatch.setattr(doctor, "version", lambda name: "0.1")
    monkeypatch.setattr(importlib, "import_module", fails)
    one = found(list(install(pins(tmp_path, "", "torchvision==0.1\n"))), "torchvision")
    assert (one.state, one.words) == (WRONG, "0.1 cannot be imported: operator torchvision::nms does not exist")


def test_an_old_python_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST", (99, 0))
    one = found(list(install()), "Python")
    assert (one.state, one.remedy) == (WRONG, "Install Python 99.0 or later.")


def test_without_the_requirements_versions_are_not_compared(tmp_path: Path) -> None:
    assert [one.state for one in install(tmp_path)] == [OK, MISSING, MISSING]


def broken(folder: Path) -> None:
    path = folder / "logits" / "test.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def gone(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(("spoil", "said"), [(broken, "test.npz"), (gone, "manifest.json")])
def test_damaged_artifacts_are_wrong(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    folder = write_artifacts(tmp_path / "artifacts")
    assert [one.state for one in trained(folder)] == [OK]
    spoil(folder)
    findings = list(trained(folder))
    assert {one.state for one in findings} == {WRONG}
    assert any(said in one.words for one in findings)


def test_a_data_set_that_nobody_named_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    one = dataset(None)
    assert one.state == MISSING
    assert one.remedy.startswith("Download FER-2013")
    named = dataset(tmp_path / "nothing.csv")
    assert (named.state, named.words) == (WRONG, f"{tmp_path / 'nothing.csv'} does not exist.")
    (tmp_path / "text.csv").write_text("this is no data set")
    assert dataset(tmp_path / "text.csv").state == WRONG


def test_the_command_says_what_is_wrong_and_exits_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    folder = write_artifacts(tmp_path / "artifacts")
    well = command("doctor", "--artifacts", folder)
    assert (well.code, well.out.splitlines()[-1]) == (0, "Nothing is wrong.")
    broken(folder)
    ill = command("doctor", "--artifacts", folder, "--json")
    assert ill.code == 1
    answer = json.loads(ill.out)
    assert answer["healthy"] is False
    assert any(one["state"] == WRONG and "test.npz" in one["words"] for one in answer["findings"])


def test_nothing_raises_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def none(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", none)
    assert not healthy(list(examine(artifacts=tmp_path / "nothing", data=tmp_path / "nothing")))
