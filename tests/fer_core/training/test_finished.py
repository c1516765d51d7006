"""Finished runs on their way into the artifacts: archives, and everything that can be wrong with one."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from fer_core.artifacts import open_artifacts
from fer_core.collect import collect
from fer_core.errors import RunError
from fer_core.training.checkpoint import CHECKPOINT
from fer_core.training.finished import FILES, find_runs, pack_run, read_run
from fer_core.training.runs import finish, prepare, training_data
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_dataset


def train(folder: Path, name: str) -> None:
    prepare(folder, resume=False, restart=False)
    data = training_data(tiny_dataset(), votes=False)
    trainer = Trainer(name, replace(RECIPE, epochs=1), data, arguments=TINY[name], device=torch.device("cpu"))
    finish(folder, name, trainer, trainer.run(folder / CHECKPOINT), tiny_dataset())


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    for name in ("deep", "shallow"):
        train(root / name, name)
    return root


@pytest.fixture
def run(runs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(runs / "deep", tmp_path / "runs" / "deep"))


def test_an_archive_holds_what_collect_needs_and_no_checkpoint(runs: Path, tmp_path: Path) -> None:
    pack_run(runs / "deep", tmp_path / "deep.zip")
    with zipfile.ZipFile(tmp_path / "deep.zip") as archive:
        assert sorted(archive.namelist()) == sorted(f"deep/{name}" for name in FILES)
    folder, packed = read_run(runs / "deep"), read_run(tmp_path / "deep.zip")
    assert (packed.card, packed.files) == (folder.card, folder.files)


def test_a_folder_of_archives_and_folders_is_collected(runs: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    pack_run(runs / "deep", home / "deep.zip")
    shutil.copytree(runs / "shallow", home / "shallow")
    assert find_runs(home) == [home / "deep.zip", home / "shallow"]
    collect(home, tmp_path / "artifacts", tiny_dataset)
    artifacts = open_artifacts(tmp_path / "artifacts")
    assert artifacts.manifest.members == ("shallow", "deep")
    assert artifacts.check() == []
    collect(home / "deep.zip", tmp_path / "artifacts", tiny_dataset)
    np.testing.assert_array_equal(
        open_artifacts(tmp_path / "artifacts").logits("test").logits, artifacts.logits("test").logits
    )


def test_two_runs_of_one_member_are_refused(run: Path, tmp_path: Path) -> None:
    pack_run(run, run.parent / "deep.zip")
    with pytest.raises(RunError, match="both hold deep"):
        collect(run.parent, tmp_path / "artifacts", tiny_dataset)
    assert not (tmp_path / "artifacts").exists()


def set_card(run: Path, **changes: object) -> None:
    path = run / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def with_nan(run: Path) -> None:
    tensors = load_file(run / "model.safetensors")
    next(value for key, value in tensors.items() if key.endswith("weight"))[0] = float("nan")
    save_file(tensors, run / "model.safetensors")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda run: set_card(run, architecture="depp"), "unknown architecture, 'depp'; did you mean deep?"),
        (lambda run: set_card(run, architecture="shallow"), "does not hold the weights that its card describes"),
        (lambda run: set_card(run, classes=["cat", "dog"]), "was trained for other classes than angry"),
        (lambda run: set_card(run, arguments={"depth": 3}), "does not hold the weights that its card describes"),
        (lambda run: set_card(run, preprocessing={}), "does not hold the weights that its card describes"),
        (with_nan, "weights that are not finite"),
        (lambda run: (run / "history.csv").write_text("epoch\n1"), "is not a training history"),
        (lambda run: (run / "history.csv").unlink(), "history.csv is missing"),
    ],
)
def test_a_run_that_cannot_be_used_is_named_and_changes_nothing(
    runs: Path, run: Path, tmp_path: Path, spoil: object, sentence: str
) -> None:
    collect(runs, tmp_path / "artifacts", tiny_dataset)
    before = open_artifacts(tmp_path / "artifacts").fingerprint
    spoil(run)  # type: ignore[operator]
    with pytest.raises(RunError) as caught:
        collect(run.parent, tmp_path / "artifacts", tiny_dataset)
    assert sentence in str(caught.value)
    assert "deep" in str(caught.value)
    assert open_artifacts(tmp_path / "artifacts").fingerprint == before


@pytest.mark.parametrize("keep", [0, 10, 400, 0.5, 0.99])
def test_a_cut_archive_is_refused(run: Path, tmp_path: Path, keep: float) -> None:
    pack_run(run, tmp_path / "deep.zip")
    content = (tmp_path / "deep.zip").read_bytes()
    (tmp_path / "deep.zip").write_bytes(content[: int(keep * len(content)) if keep < 1 else int(keep)])
    with pytest.raises(RunError, match=r"deep\.zip is not an archive of a run"):
        read_run(tmp_path / "deep.zip")


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../card.json", "{}")
    with pytest.raises(RunError, match=r"model\.safetensors is missing"):
        read_run(tmp_path / "x.zip")
