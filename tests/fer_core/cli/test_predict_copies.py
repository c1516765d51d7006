"""Copies of photos with boxes and answers: beside the photos, and never over one."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.command import predict
from tests.pictures import HER, saved

pytestmark = pytest.mark.usefixtures("one_thread")


def digests(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_annotated_copies_leave_photos_alone(photo_artifacts: Path, photos: Path, tmp_path: Path) -> None:
    before, copies = digests(photos), tmp_path / "a" / "copies"
    done = predict(photo_artifacts, photos, "--annotate", copies)
    assert done.code == 1
    assert digests(photos) == before
    assert sorted(path.name for path in copies.iterdir()) == [
        "1 her.faces.png", "2 two.faces.png", "3 none.faces.png",
    ]  # fmt: skip
    with Image.open(copies / "1 her.faces.png") as picture:
        changed = (np.asarray(picture) != HER).any(axis=2)
    assert changed.any()
    assert changed.mean() < 0.3
    with Image.open(copies / "3 none.faces.png") as picture:
        assert (np.asarray(picture) == 200).all()


def test_photos_of_one_name_have_a_copy_each(photo_artifacts: Path, tmp_path: Path) -> None:
    shades = {"a/x.png": 10, "b/x.png": 90, "b/X.png": 130, "c/x.jpg": 200}
    for name, shade in shades.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(saved(np.full((60, 60, 3), shade, np.uint8)))
    copies = tmp_path / "copies"
    for _ in range(2):  # the second time the copies are replaced
        assert predict(photo_artifacts, *(tmp_path / name for name in shades), "--annotate", copies).code == 0
        found = {path.name: int(np.asarray(Image.open(path))[30, 30, 0]) for path in copies.iterdir()}
        assert found == {"x.faces.png": 10, "x.faces-2.png": 90, "X.faces-3.png": 130, "x.faces-4.png": 200}


def test_no_photo_is_overwritten_by_a_copy(photo_artifacts: Path, tmp_path: Path) -> None:
    """Where copies go into the folder of the photos, and a photo is called as a copy would be."""
    for name, shade in (("x.png", 10), ("x.faces.png", 90)):
        (tmp_path / name).write_bytes(saved(np.full((60, 60, 3), shade, np.uint8)))
    os.symlink(tmp_path / "x.png", tmp_path / "x.faces-2.png")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert predict(photo_artifacts, tmp_path / "x.png", tmp_path / "x.faces.png", "--annotate", tmp_path).code == 0
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"x.faces-3.png", "x.faces.faces.png"}


def test_a_folder_that_cannot_be_written_is_one_sentence(photo_artifacts: Path, photos: Path) -> None:
    done = predict(photo_artifacts, photos / "3 none.png", "--annotate", photos / "4 bad.jpg", "--json")
    assert done.one_sentence
    assert "cannot be written" in done.err
    assert (photos / "4 bad.jpg").read_bytes() == b"words, not a photo"


def test_copies_in_the_folder_of_the_photos_do_not_breed(photo_artifacts: Path, tmp_path: Path) -> None:
    """And a picture that somebody made and called as a copy is called stays."""
    for name, shade in (("x.png", 10), ("y.png", 90), ("y.faces.png", 50)):
        (tmp_path / name).write_bytes(saved(np.full((60, 60, 3), shade, np.uint8)))
    mine = (tmp_path / "y.faces.png").read_bytes()
    for _ in range(3):
        assert predict(photo_artifacts, f"{tmp_path}/?.png", tmp_path, "--annotate", tmp_path).code == 0
    assert (tmp_path / "y.faces.png").read_bytes() == mine
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "x.faces.png", "x.png", "y.faces-2.png", "y.faces.faces.png", "y.faces.png", "y.png",
    ]  # fmt: skip


def test_one_copy_that_cannot_be_written_is_not_the_end(
    photo_artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("x.png", f"{'n' * 245}.png", "z.png"):
        (tmp_path / name).write_bytes(saved(np.full((60, 60, 3), 90, np.uint8)))
    replace, copies = os.replace, tmp_path / "copies"

    def failing(source: Path, target: Path) -> None:
        if Path(target).name.startswith("x"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    done = predict(photo_artifacts, tmp_path, "--annotate", copies, "--jsonl")
    assert done.one_sentence
    assert done.err.endswith("x.faces.png cannot be written: No space left on device.\n")
    header, *records = map(json.loads, done.out.splitlines())
    assert header["detector"] == "mtcnn"
    assert sorted(path.name for path in copies.iterdir()) == sorted(
        Path(record["copy"]).name for record in records if "copy" in record
    )
    assert [record.get("copy_error", "") != "" for record in records] == [False, True, False]
