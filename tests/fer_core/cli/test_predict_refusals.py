"""What `python -m fer_core predict` cannot do is one sentence, and one bad photo is not the end."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from tests import ROOT
from tests.command import predict
from tests.pictures import HER, saved
from tests.spoiling import edit_manifest

FITTED = ", ".join(name for name, weighting in WEIGHTINGS.items() if weighting.fit is not None)
pytestmark = pytest.mark.usefixtures("one_thread")


def test_where_all_are_bad_the_document_says_so(photo_artifacts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"")
    (folder / "b.png").write_bytes(saved(HER)[:300])
    done = predict(photo_artifacts, folder, "--json")
    assert done.code == 1
    found = json.loads(done.out)
    assert ["is empty" in found["photos"][0]["error"], "is damaged" in found["photos"][1]["error"]] == [True, True]
    assert all(photo["faces"] == [] for photo in found["photos"])
    assert done.err.count("fer_core: ") == done.err.count("\n") == 2


@pytest.mark.parametrize(("name", "words"), [("none.jpg", "does not exist"), ("*.tif", "matches no file")])
def test_a_name_that_leads_nowhere_does_not_stop_the_others(
    photo_artifacts: Path, photos: Path, name: str, words: str
) -> None:
    alone = predict(photo_artifacts, photos / name, "--json")
    assert alone.one_sentence
    assert words in alone.err
    assert alone.out == ""
    done = predict(photo_artifacts, photos / name, photos / "3 none.png", "--json", "--detector", "haar")
    assert done.one_sentence
    assert done.err == alone.err
    records = json.loads(done.out)["photos"]
    assert [record["photo"] for record in records] == [str(photos / name), str(photos / "3 none.png")]
    assert words in records[0]["error"]
    assert "error" not in records[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--members", "deep,transformer"), "no member is called 'transformer'; there are shallow, deep, agrawal"),
        (("--members", ""), "no member is called ''"),
        (("--detector", "dlib"), "expected one of mtcnn, haar, whole, got 'dlib'"),
        (("--illumination", "dark"), "expected one of none, equalise, clahe, got 'dark'"),
        (
            ("--weighting", "manual"),
            f"expected one of {FITTED}, got 'manual'",
        ),
        (("--combiner", "loudest"), f"expected one of {', '.join(COMBINERS)}, got 'loudest'"),
        (("--json", "--csv"), "--json and --csv exclude one another"),
        (("--json", "--jsonl", "--csv"), "--json, --jsonl and --csv exclude one another"),
    ],
)
def test_an_unknown_choice_is_named(
    photo_artifacts: Path, photos: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = predict(photo_artifacts, photos / "1 her.png", *arguments)
    assert done.code == 2
    assert words in done.words
    assert done.out == ""


def test_what_the_artifacts_lack_is_one_sentence(photo_artifacts: Path, photos: Path, tmp_path: Path) -> None:
    for missing, words in (
        (["frame.json"], "python -m fer_core frame"),
        (["logits/valid_one_view.npz"], "python -m fer_core calibrate"),
    ):
        root = Path(shutil.copytree(photo_artifacts, tmp_path / missing[0].replace("/", "-")))
        edit_manifest(root, lambda found, missing=missing: [found["files"].pop(name) for name in missing])
        done = predict(root, photos / "1 her.png")
        assert done.one_sentence
        assert words in done.err
    none = predict(tmp_path / "none", photos / "1 her.png")
    assert none.one_sentence
    assert "no trained members" in none.err


def test_a_photo_whose_name_is_no_text_is_told_too(photo_artifacts: Path, photos: Path) -> None:
    """In a process of its own, for stdout's sake."""
    try:
        shutil.copy(photos / "1 her.png", os.fsencode(photos) + b"/\xff.png")
    except OSError:
        pytest.skip("this disk has no such names")
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-m", "fer_core", "predict", str(photos), "--detector", "whole",
         "--artifacts", str(photo_artifacts), "--threads", "1"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith(f"fer_core: {photos / '4 bad.jpg'} is a text file")
    assert sum("members agree" in line for line in done.stdout.splitlines()) == 4
    assert "/\\udcff.png: " in done.stdout
