"""The whole way on a command line, from training to the report, and what is said where it cannot be gone."""

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from fer_core.cli import OPTIONAL
from fer_core.dataset.pack import write
from tests import ROOT
from tests.command import command
from tests.synthetic import write_artifacts
from tests.tiny import tiny_dataset

pytestmark = pytest.mark.usefixtures("one_thread")
COMMANDS = ("data", "train", "collect", "evaluate", "report", "predict", "frame", "calibrate", "bench")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder, and keep nothing of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("FER2013_PATH", "FER_ARTIFACTS")}
    kept |= {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cwd / "cache"), "COLUMNS": "200", **environment}
    return subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-m", "fer_core", *arguments],
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_every_command_is_listed_and_helps(tmp_path: Path) -> None:
    text = run("--help", cwd=tmp_path).stdout
    assert all(f" {command} " in text for command in COMMANDS)
    assert "--resume" in command("train", "--help").out


def test_training_without_the_data_set_says_how_to_get_it(tmp_path: Path) -> None:
    done = command("train", "shallow")
    assert done.one_sentence, done.err
    assert "download FER-2013" in done.err
    assert "FER2013_PATH" in done.err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["report", "evaluate"])
def test_no_artifacts_is_one_sentence(tmp_path: Path, name: str) -> None:
    done = command(name, FER_ARTIFACTS=tmp_path / "none")
    assert done.one_sentence, done.err
    assert "no trained members" in done.err


def test_without_torch_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise ModuleNotFoundError('No module', name='torch')")
    done = run("train", "shallow", cwd=tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert done.returncode == 2
    assert done.stderr.startswith("fer_core: ")
    assert done.stderr.count("\n") == 1
    assert "needs torch" in done.stderr
    assert "requirements.txt" in done.stderr


def test_every_package_that_the_explorer_does_without_has_its_sentence() -> None:
    """Packages of requirements.txt itself, by what they are called when they are imported."""

    def plain(name: str) -> str:
        return name.split("==")[0].replace("-", "_").lower()

    named = {plain(line) for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    modules = {module for module, owners in packages_distributions().items() if named & set(map(plain, owners))}
    beside = {"functorch", "torchgen"}
    assert {module for module in modules - beside if not module.startswith("_")} == set(OPTIONAL)


def test_an_unknown_member_is_named() -> None:
    done = command("train", "transformer")
    assert done.code == 2
    assert "no member is called 'transformer'" in done.words
    assert "did you mean resnet?" in command("train", "ResNet18").words


def test_members_learn_from_finished_ones_and_go_home_in_archives(tmp_path: Path) -> None:
    write(tiny_dataset(train=140), tmp_path / "data" / "fer2013.npz")
    artifacts = {"FER_ARTIFACTS": tmp_path / "artifacts"}
    short = ("--epochs", "1", "--precision", "float32", "--no-votes")
    assert command("train", "shallow", *short, "--runs", "first", **artifacts).code == 0
    none = command("train", "deep", *short, "--teachers", "nowhere", **artifacts)
    assert none.one_sentence, none.err
    assert "holds no finished member" in none.err
    assert not (tmp_path / "runs").exists()
    done = command("train", "deep", *short, "--teachers", "first", "--archives", "home", **artifacts)
    assert done.code == 0, done.err
    assert list(json.loads((tmp_path / "runs" / "deep" / "card.json").read_text())["teachers"]) == ["shallow"]
    assert command("collect", "home", **artifacts).code == 0
    card = json.loads((tmp_path / "artifacts" / "members" / "deep" / "card.json").read_text())
    assert list(card["teachers"]) == ["shallow"]
    assert card["throughput"]["images_per_second"] > 0


def test_report_prints_json_and_nothing_else(tmp_path: Path) -> None:
    write_artifacts(tmp_path / "artifacts")
    done = command("report", "--json", FER_ARTIFACTS=tmp_path / "artifacts")
    assert done.code == 0, done.err
    assert set(json.loads(done.out)) >= {"members", "ensembles", "chosen", "scorings"}


def test_train_collect_evaluate_report(tmp_path: Path) -> None:
    """The whole way on a tiny data set, as a user would go it; a second `train` does not destroy the first."""
    write(tiny_dataset(train=140), tmp_path / "data" / "fer2013.npz")
    artifacts = {"FER_ARTIFACTS": tmp_path / "artifacts"}
    arguments = ("train", "shallow", "--epochs", "1", "--precision", "float32", "--threads", "2")
    trained = command(*arguments, **artifacts)
    assert trained.code == 0, trained.err
    assert "shallow: PublicTest" in trained.out
    assert "PrivateTest" not in trained.out
    again = command(*arguments, **artifacts)
    assert again.one_sentence, again.err
    assert "--resume" in again.err
    assert "done already" in command(*arguments, "--resume", **artifacts).out
    collected = command("collect", **artifacts)
    assert collected.code == 0, collected.err
    assert "PrivateTest" in collected.out
    checked = command("evaluate", "--json", **artifacts)
    assert checked.code == 0, checked.err
    assert json.loads(checked.out)["agrees"] is True
    weights = tmp_path / "artifacts" / "members" / "shallow" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    damaged = command("evaluate", **artifacts)
    assert damaged.one_sentence, damaged.err
    assert "model.safetensors" in damaged.err
