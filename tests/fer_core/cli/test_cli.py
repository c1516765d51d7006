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
from tests.synthetic import write_artifacts
from tests.tiny import tiny_dataset

COMMANDS = ("data", "train", "collect", "evaluate", "report", "predict", "frame", "calibrate", "bench")


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


def one_sentence(text: str) -> bool:
    return text.startswith("fer_core: ") and text.count("\n") == 1 and "Traceback" not in text


def test_every_command_is_listed_and_helps(tmp_path: Path) -> None:
    text = run("--help", cwd=tmp_path).stdout
    assert all(f" {command} " in text for command in COMMANDS)
    assert "--resume" in run("train", "--help", cwd=tmp_path).stdout


def test_training_without_the_data_set_says_how_to_get_it(tmp_path: Path) -> None:
    done = run("train", "shallow", cwd=tmp_path)
    assert done.returncode == 2
    assert one_sentence(done.stderr)
    assert "download FER-2013" in done.stderr
    assert "FER2013_PATH" in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("command", ["report", "evaluate"])
def test_no_artifacts_is_one_sentence(tmp_path: Path, command: str) -> None:
    done = run(command, cwd=tmp_path, FER_ARTIFACTS=str(tmp_path / "none"))
    assert done.returncode == 2
    assert one_sentence(done.stderr)
    assert "no trained members" in done.stderr


def test_without_torch_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise ModuleNotFoundError('No module', name='torch')")
    done = run("train", "shallow", cwd=tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert done.returncode == 2
    assert one_sentence(done.stderr)
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


def test_an_unknown_member_is_named(tmp_path: Path) -> None:
    done = run("train", "transformer", cwd=tmp_path)
    assert done.returncode == 2
    assert "no member is called 'transformer'" in done.stderr
    assert "did you mean resnet?" in run("train", "ResNet18", cwd=tmp_path, COLUMNS="400").stderr


def test_members_learn_from_finished_ones_and_go_home_in_archives(tmp_path: Path) -> None:
    write(tiny_dataset(train=140), tmp_path / "data" / "fer2013.npz")
    artifacts = {"FER_ARTIFACTS": str(tmp_path / "artifacts")}
    short = ("--epochs", "1", "--precision", "float32", "--no-votes")
    assert run("train", "shallow", *short, "--runs", "first", cwd=tmp_path, **artifacts).returncode == 0
    none = run("train", "deep", *short, "--teachers", "nowhere", cwd=tmp_path, **artifacts)
    assert none.returncode == 2
    assert one_sentence(none.stderr)
    assert "holds no finished member" in none.stderr
    assert not (tmp_path / "runs").exists()
    done = run("train", "deep", *short, "--teachers", "first", "--archives", "home", cwd=tmp_path, **artifacts)
    assert done.returncode == 0, done.stderr
    assert list(json.loads((tmp_path / "runs" / "deep" / "card.json").read_text())["teachers"]) == ["shallow"]
    assert run("collect", "home", cwd=tmp_path, **artifacts).returncode == 0
    card = json.loads((tmp_path / "artifacts" / "members" / "deep" / "card.json").read_text())
    assert list(card["teachers"]) == ["shallow"]
    assert card["throughput"]["images_per_second"] > 0


def test_report_prints_json_and_nothing_else(tmp_path: Path) -> None:
    write_artifacts(tmp_path / "artifacts")
    done = run("report", "--json", cwd=tmp_path, FER_ARTIFACTS=str(tmp_path / "artifacts"))
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) >= {"members", "ensembles", "chosen", "scorings"}


def test_train_collect_evaluate_report(tmp_path: Path) -> None:
    """The whole way on a tiny data set, as a user would go it; a second `train` does not destroy the first."""
    write(tiny_dataset(train=140), tmp_path / "data" / "fer2013.npz")
    artifacts = {"FER_ARTIFACTS": str(tmp_path / "artifacts")}
    arguments = ("train", "shallow", "--epochs", "1", "--precision", "float32", "--threads", "2")
    trained = run(*arguments, cwd=tmp_path, **artifacts)
    assert trained.returncode == 0, trained.stderr
    assert "shallow: PublicTest" in trained.stdout
    assert "PrivateTest" not in trained.stdout
    again = run(*arguments, cwd=tmp_path, **artifacts)
    assert again.returncode == 2
    assert one_sentence(again.stderr)
    assert "--resume" in again.stderr
    assert "done already" in run(*arguments, "--resume", cwd=tmp_path, **artifacts).stdout
    collected = run("collect", cwd=tmp_path, **artifacts)
    assert collected.returncode == 0, collected.stderr
    assert "PrivateTest" in collected.stdout
    checked = run("evaluate", "--json", cwd=tmp_path, **artifacts)
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["agrees"] is True
    weights = tmp_path / "artifacts" / "members" / "shallow" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    damaged = run("evaluate", cwd=tmp_path, **artifacts)
    assert damaged.returncode == 2
    assert one_sentence(damaged.stderr)
    assert "model.safetensors" in damaged.stderr
