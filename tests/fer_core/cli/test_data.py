"""`python -m fer_core data` prints the class table, twins, matches and agreement, or one JSON document."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from fer_core.artifacts import Artifacts
from fer_core.cli import app
from fer_core.dataset import load
from tests.dataset_forms import csv_text, folder, known_rows, picked, pictures, small_dataset, votes_text

MODULE = importlib.import_module("fer_core.cli.data")  # its name is that of the function too
DATA = small_dataset(sizes={"train": 210, "valid": 140, "test": 140})


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "no-artifacts"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    Path("fer2013.csv").write_bytes(csv_text(DATA))
    Path("fer2013new.csv").write_bytes(votes_text(DATA))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "known_rows", lambda artifacts: known_rows(DATA))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["data", *arguments])
    assert result.exit_code == 0, result.output
    return result


def test_text() -> None:
    printed = run("fer2013.csv", "--ferplus", "fer2013new.csv").stdout
    lines = [line.split() for line in printed.splitlines()]
    assert ["Split", "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "all"] in lines
    assert ["Training", *["30"] * 7, "210"] in lines
    assert ["PrivateTest", *["20"] * 7, "140"] in lines
    assert "Warning: Training has 210 images where the challenge's data set has 28,709" in printed
    assert "0 PublicTest images have a pixel-identical twin in Training." in printed
    assert "2 PrivateTest images have a pixel-identical twin in Training." in printed
    assert "FER+ plurality and label agree on 100.0% of PrivateTest." in printed
    assert printed.endswith("Packed into data/fer2013.npz.\n")
    assert load(Path("data/fer2013.npz")).votes is not None


def test_json_is_one_document_and_nothing_else() -> None:
    result = run("fer2013.csv", "--out", "a.npz", "--json")
    assert result.stderr == ""
    found = json.loads(result.stdout)
    assert found["out"] == "a.npz"
    assert found["counts"] == {"train": [30] * 7, "valid": [20] * 7, "test": [20] * 7}
    assert found["twins"] == {"valid": 0, "test": 2}
    assert found["official"] is False
    assert len(found["warnings"]) == 3
    assert found["ordered"] is True
    assert found["matched"] is None
    assert found["ferplus_agreement"] is None


def test_pictures_without_the_known_rows_are_warned_about() -> None:
    folder(Path("kaggle"), pictures(DATA))
    assert "pictures do not keep the challenge's order" in run("kaggle").stdout
    assert json.loads(run("kaggle", "--json").stdout)["ordered"] is False


@pytest.mark.usefixtures("known")
def test_matches_are_counted() -> None:
    folder(Path("kaggle"), pictures(DATA, "JPEG"))
    found = json.loads(run("kaggle", "--json", "--ferplus", "fer2013new.csv").stdout)
    assert found["matched"] == {"train": 210, "valid": 140, "test": 140}
    assert found["ferplus_agreement"] == {"train": 1.0, "valid": 1.0, "test": 1.0}
    assert "by artifacts/rows.npz" in run("kaggle").stdout
    assert np.array_equal(load(Path("data/fer2013.npz")).rows, DATA.rows)


@pytest.mark.usefixtures("known")
def test_images_in_no_known_row_are_counted() -> None:
    copy = picked(DATA, np.arange(len(DATA.labels)))
    copy.images[4] = 255 - copy.images[4]
    Path("fer2013.csv").write_bytes(csv_text(copy))
    assert "Warning: 1 of 210 Training images are in no known row and are left aside." in run("fer2013.csv").stdout
    assert json.loads(run("fer2013.csv", "--json").stdout)["unmatched"] == {"train": 1, "valid": 0, "test": 0}


def test_out_must_be_an_npz() -> None:
    result = CliRunner().invoke(app, ["data", "fer2013.csv", "--out", "fer2013.csv"])
    assert result.exit_code == 2
    assert "npz" in result.output
    assert Path("fer2013.csv").read_bytes() == csv_text(DATA), "the source is not written over"


def test_known_rows_come_from_the_artifacts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tests.synthetic import write_artifacts

    assert MODULE.known_rows(tmp_path / "none") is None
    root = write_artifacts(tmp_path / "artifacts")
    found = MODULE.known_rows(root)
    assert found is not None
    assert set(found) == {"train", "valid", "test", "train_labels", "valid_labels", "test_labels"}
    monkeypatch.setattr(Artifacts, "rows", lambda self: known_rows(DATA))
    assert json.loads(run("fer2013.csv", "--artifacts", str(root), "--json").stdout)["matched"]["train"] == 210
