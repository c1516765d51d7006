"""`python -m fer_core predict` over made-up artifacts: photos in, answers out."""

import csv
import hashlib
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting, choose
from fer_core.photo import decode as decode_module
from fer_core.photo.decode import decode
from fer_core.photo.predict import AFTER, COLUMNS, Look, Predictor, face_record, table
from fer_core.reports.summary import explorer_of
from tests.command import predict
from tests.pictures import HER, on, saved, scaled
from tests.synthetic import ROSTER

pytestmark = pytest.mark.usefixtures("one_thread")


def digests(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def documents(photo_artifacts: Path, *arguments: object) -> dict[str, Any]:
    done = predict(photo_artifacts, "--json", *arguments)
    assert done.code in (0, 1), done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_one_photo_is_told_in_a_line(photo_artifacts: Path, photos: Path) -> None:
    done = predict(photo_artifacts, photos / "1 her.png")
    assert (done.code, done.err) == (0, "")
    answer, footer = done.out.splitlines()
    assert re.fullmatch(
        rf"{re.escape(str(photos))}/1 her\.png: ({'|'.join(EMOTIONS)}), \d of \d members agree(, \d+%)?", answer
    )
    best = choose(explorer_of(open_artifacts(photo_artifacts))).setting
    predictor = Predictor(open_artifacts(photo_artifacts))
    right = 100 * predictor.calibrated_ensemble.accuracy(best, "one_view", "test")
    assert footer.startswith(f"By {', '.join(best.members)} ({best.weighting}, {best.combiner}), one view a face: ")
    assert f"right on {right:.1f}% of FER-2013's PrivateTest" in footer
    full = predict(photo_artifacts, photos / "1 her.png", "--full").out.splitlines()[-1]
    assert "18 views a face" in full
    assert f"right on {100 * predictor.calibrated_ensemble.accuracy(best, 'full', 'test'):.1f}% of" in full


def test_a_folder_goes_on_after_a_bad_file(photo_artifacts: Path, photos: Path) -> None:
    before = digests(photos)
    done = predict(photo_artifacts, photos, "--members", "shallow,deep")
    assert done.code == 1
    lines = done.out.splitlines()
    assert [line.split(": ")[0].split("/")[-1] for line in lines[:-1]] == [
        "1 her.png",
        "2 two.jpg, face 1 of 2",
        "2 two.jpg, face 2 of 2",
        "3 none.png",
    ]
    assert "no face was found" in lines[3]
    assert all("of 2 members agree" in line for line in lines[:3])
    assert lines[-1].startswith("By shallow, deep (equal, mean_probability), one view")
    assert "The percentage is how often" in lines[-1]
    assert done.err.startswith(f"fer_core: {photos / '4 bad.jpg'} is a text file")
    assert done.err.count("\n") == 1
    assert digests(photos) == before


def test_json_holds_everything(photo_artifacts: Path, photos: Path) -> None:
    found = documents(photo_artifacts, photos, "--members", "agrawal, deep", "--weighting", "accuracy")
    assert found["members"] == ["agrawal", "deep"]
    assert (found["weighting"], found["combiner"]) == ("accuracy", "mean_probability")
    assert (found["detector"], found["small"], found["illumination"], found["view"]) == (
        "mtcnn", False, "none", "one_view",
    )  # fmt: skip
    assert found["temperature"] > 0
    assert 0 < found["accuracy"]["valid"] < 1
    by_name = {Path(photo["photo"]).name: photo for photo in found["photos"]}
    assert [len(photo["faces"]) for photo in by_name.values()] == [1, 2, 0, 0]
    assert by_name["1 her.png"]["size"] == [250, 250]
    assert "is a text file" in by_name["4 bad.jpg"]["error"]
    assert "error" not in by_name["3 none.png"]
    faces = [face for photo in found["photos"] for face in photo["faces"]]
    assert [face["face"] for face in faces] == [1, 1, 2]
    for face in faces:
        assert sum(face["shares"].values()) == pytest.approx(1, abs=4e-4)
        assert face["shares"][face["emotion"]] == max(face["shares"].values())
        assert list(face["shares"]) == list(EMOTIONS)
        assert 0 < face["confidence"] <= 1
        assert list(face["members"]) == list(ROSTER)
        for member in face["members"].values():
            assert sum(member["probabilities"].values()) == pytest.approx(1, abs=4e-4)
        against = sum(face["members"][name]["emotion"] != face["emotion"] for name in found["members"])
        assert face["members_against"] == against
        assert 0 <= face["mutual_information"] <= face["entropy"] <= round(math.log(7), 4)
        assert face["detector_probability"] > 0.9
        assert len(face["box"]) == 4
    one, two = by_name["2 two.jpg"]["faces"]
    assert one["box"][0] > 300 > two["box"][2]


def test_json_is_what_the_library_says(photo_artifacts: Path, photos: Path) -> None:
    """And it depends on scheme, view and light."""
    predictor = Predictor(open_artifacts(photo_artifacts))
    photo = decode((photos / "1 her.png").read_bytes())
    seen = []
    for look, options in (
        (Look(), ()),
        (Look(view="full"), ("--full",)),
        (Look("haar"), ("--detector", "haar")),
        (Look("whole", illumination="equalise"), ("--detector", "whole", "--illumination", "equalise")),
    ):
        for setting, more in (
            (Setting(ROSTER), ("--weighting", "equal")),
            (Setting(("deep",), "categorical", "mean_log_probability"),
             ("--members", "deep", "--weighting", "categorical", "--combiner", "mean_log_probability")),
        ):  # fmt: skip
            found = documents(photo_artifacts, photos / "1 her.png", *options, *more)
            looked = predictor.look(photo, look)
            (answer,) = predictor.answers(looked, setting)
            assert found["photos"][0]["faces"] == [face_record(1, looked.faces[0], answer)]
            assert {key: found[key] for key in predictor.header(setting, look)} == predictor.header(setting, look)
            assert found["temperature"] == predictor.calibrated_ensemble.temperature(setting, look.view)
            seen.append(json.dumps(found["photos"][0]["faces"][0]["shares"]))
    assert len(set(seen)) == len(seen)


def test_a_vote_has_no_confidence(photo_artifacts: Path, photos: Path) -> None:
    arguments = (photos / "1 her.png", "--combiner", "hard_vote")
    found = documents(photo_artifacts, *arguments)
    assert found["temperature"] is None
    assert found["photos"][0]["faces"][0]["confidence"] is None
    text = predict(photo_artifacts, *arguments).out
    assert "%," not in text
    assert "A percent" not in text
    row = next(csv.DictReader(io.StringIO(predict(photo_artifacts, "--csv", *arguments).out)))
    assert row["confidence"] == ""


def test_csv_has_a_row_a_face(photo_artifacts: Path, photos: Path) -> None:
    done = predict(photo_artifacts, photos, "--csv", "--weighting", "equal")
    assert done.code == 1
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert list(rows[0]) == [*COLUMNS, *AFTER]
    assert [(Path(row["photo"]).name, row["face"]) for row in rows] == [
        ("1 her.png", "1"), ("2 two.jpg", "1"), ("2 two.jpg", "2"), ("3 none.png", ""), ("4 bad.jpg", ""),
    ]  # fmt: skip
    found = documents(photo_artifacts, photos, "--weighting", "equal")
    faces = [face for photo in found["photos"] for face in photo["faces"]]
    for row, face in zip(rows, faces, strict=False):
        assert [float(row[key]) for key in ("left", "top", "right", "bottom")] == face["box"]
        assert {emotion: float(row[emotion]) for emotion in EMOTIONS} == face["shares"]
        assert (row["emotion"], float(row["confidence"])) == (face["emotion"], face["confidence"])
        assert int(row["members_against"]) == face["members_against"]
        assert row["error"] == ""
    assert [row["error"] for row in rows[3:]] == ["no face was found", found["photos"][3]["error"]]
    assert done.err == f"fer_core: {found['photos'][3]['error']}\n"


def test_doubts_and_awkward_names_stay_in_their_cells() -> None:
    face = {
        "face": 1, "box": [1, 2, 3, 4], "emotion": "sad", "confidence": 0.5, "shares": dict.fromkeys(EMOTIONS, 0.1),
        "members_against": 0, "entropy": 1.0, "mutual_information": 0.1, "doubts": ["small: 20 pixels", "cut off"],
    }  # fmt: skip
    text = table([{"photo": 'a, "b"\nc.jpg', "faces": [face]}, {"photo": "d", "faces": [], "error": "bad, very"}])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["photo"] for row in rows] == ['a, "b"\nc.jpg', "d"]
    assert rows[0]["doubts"] == "small: 20 pixels; cut off"
    assert rows[1]["error"] == "bad, very"


def test_doubts_are_told(photo_artifacts: Path, tmp_path: Path) -> None:
    small = on(np.full((200, 200, 3), 128, np.uint8), scaled(HER, 0.3), 60, 60)
    (tmp_path / "small.png").write_bytes(saved(small))
    assert "small: " in predict(photo_artifacts, tmp_path / "small.png").out
    assert documents(photo_artifacts, tmp_path / "small.png")["photos"][0]["faces"][0]["doubts"][0].startswith(
        "small: "
    )


def test_boxes_are_in_pixels_of_the_file(
    photo_artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A JPEG with more pixels than are decoded is decoded smaller."""
    (tmp_path / "large.jpg").write_bytes(saved(scaled(HER, 2), "JPEG"))
    arguments = (tmp_path / "large.jpg", "--weighting", "equal")
    (before,) = documents(photo_artifacts, *arguments)["photos"]
    monkeypatch.setattr(decode_module, "MAX_PIXELS", 300 * 300)
    (after,) = documents(photo_artifacts, *arguments)["photos"]
    assert after["size"] == before["size"] == [500, 500]
    assert decode((tmp_path / "large.jpg").read_bytes()).rgb.shape == (250, 250, 3)
    np.testing.assert_allclose(after["faces"][0]["box"], before["faces"][0]["box"], atol=12)


def test_patterns_and_several_names(photo_artifacts: Path, photos: Path) -> None:
    found = documents(
        photo_artifacts, f"{photos}/*.png", photos / "2 two.jpg", photos / "1 her.png", "--detector", "whole"
    )
    assert [Path(photo["photo"]).name for photo in found["photos"]] == ["1 her.png", "3 none.png", "2 two.jpg"]
    assert all(len(photo["faces"]) == 1 for photo in found["photos"])
