"""Confidence that fits the face: lowered where it is spoilt, one on every page, and with the prior corrected."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import CALIBRATION, Calibration, Fitted, open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, Setting
from fer_core.ensemble.answer import POWERS, Balance, balance_of, balanced
from fer_core.errors import ArtifactDamaged
from fer_core.photo.calibrated import CalibratedEnsemble
from tests.command import command
from tests.spoiling import put

pytestmark = pytest.mark.usefixtures("one_thread")
ALL = ("shallow", "deep")


def written(spoilt: float | None) -> Calibration:
    everybody = Fitted("one_view", ALL, "equal", "mean_probability", 0.8, spoilt)
    return Calibration(dict.fromkeys(ALL, "0"), (everybody, Fitted("full", ALL, "equal", "mean_probability", 0.7)))


def test_the_temperature_of_spoilt_faces_is_read_back() -> None:
    for spoilt, factor in ((None, 1), (2.0, 2.5), (0.4, 1)):
        found = Calibration.from_json(written(spoilt).to_json().encode(), where="x")
        assert found.spoilt_factor(ALL, "equal", "mean_probability") == pytest.approx(factor)
        assert found.spoilt_factor(("deep",), "accuracy", "borda") == pytest.approx(factor)  # all members stand in
    bad = json.loads(written(2.0).to_json())
    bad["temperatures"][0]["spoilt"] = -1
    with pytest.raises(ArtifactDamaged):
        Calibration.from_json(json.dumps(bad).encode(), where="x")


def test_calibrate_fits_spoilt_faces_and_collect_drops_what_is_stale(
    collected: Path, trained: Path, packed: Path
) -> None:
    from fer_core.collect import collect

    assert command("calibrate", "--data", packed, "--artifacts", collected).code == 0
    found = open_artifacts(collected).calibration()
    assert found is not None
    assert {entry.view for entry in found.fitted if entry.spoilt is not None} == {"one_view"}
    collect(trained / "new", collected, lambda: pytest.fail("the data set is not needed"))
    again = open_artifacts(collected).calibration()
    assert again is not None
    assert all(entry.spoilt is None for entry in again.fitted)


def test_only_spoilt_faces_lose_confidence(collected: Path) -> None:
    text = json.loads((collected / CALIBRATION).read_text())
    for entry in text["temperatures"]:
        entry["spoilt"] = 3 * entry["temperature"]
    calibrated_ensemble, setting = (
        CalibratedEnsemble(put(collected, CALIBRATION, json.dumps(text).encode())),
        Setting(ALL),
    )
    logits = np.random.RandomState(0).normal(0, 2, (2, 3, 7)).astype(np.float32)
    plain = calibrated_ensemble.answers(setting, "one_view", logits)
    found = calibrated_ensemble.answers(setting, "one_view", logits, spoilt=[True, False, True])
    assert [answer.label for answer in found] == [answer.label for answer in plain]
    lower = [a.confidence < b.confidence for a, b in zip(found, plain, strict=True)]  # type: ignore[operator]
    assert lower == [True, False, True]
    assert found[1].confidence == plain[1].confidence
    for answer in found:
        assert answer.calibrated is not None
        assert answer.calibrated[answer.label] == answer.confidence


def test_the_power_is_that_of_greatest_mean_recall() -> None:
    """Where the networks lean to the frequent emotion, dividing by how frequent it is finds the rare one."""
    rng, n = np.random.RandomState(0), 700
    labels = rng.choice(7, n, p=[0.04, 0.04, 0.04, 0.76, 0.04, 0.04, 0.04])
    logits = rng.normal(0, 0.6, (1, n, 7)).astype(np.float32)
    logits[0, np.arange(n), labels] += 1.0
    logits[0, :, 3] += 1.5
    explorer = Explorer(["a"], {"valid": logits, "test": logits}, {"valid": labels, "test": labels})
    found = balance_of(explorer, Setting(("a",)), 1.0, labels)
    assert found is not None
    assert found.power in POWERS[3:]
    assert found.recall[1] > found.recall[0] + 0.05
    even = balance_of(explorer, Setting(("a",)), 1.0, np.repeat(np.arange(7), 9))
    assert even is not None
    assert (even.power, even.recall[0]) == (0.0, even.recall[1])  # nothing to correct
    assert balance_of(explorer, Setting(("a",)), 1.0, np.zeros(5, np.int64)) is None


def test_a_balanced_answer_is_an_answer(collected: Path) -> None:
    calibrated_ensemble, setting = CalibratedEnsemble(open_artifacts(collected)), Setting(ALL)
    (answer,) = calibrated_ensemble.answers(setting, "one_view", np.zeros((2, 1, 7), np.float32))
    prior = np.array([0.1, 0.02, 0.18, 0.2, 0.2, 0.1, 0.2])
    found = balanced(answer, Balance(1.0, prior, (0, 0), (0, 0)))
    assert EMOTIONS[found.label] == "disgust"
    assert found.confidence == found.shares[found.label] == found.shares.max()
    assert found.shares.sum() == pytest.approx(1)
    unsure = replace(answer, calibrated=None)
    assert balanced(unsure, Balance(1.0, prior, (0, 0), (0, 0))) is unsure


@pytest.mark.parametrize("members", ["shallow,deep,agrawal", "deep"])
def test_predict_and_explain_say_one_percentage(
    photo_artifacts: Path, photos: Path, tmp_path: Path, members: str
) -> None:
    photo = (photos / "1 her.png", "--artifacts", photo_artifacts, "--members", members, "--json")
    predicted = json.loads(command("predict", *photo).out)["photos"][0]["faces"][0]
    explained = json.loads(command("explain", *photo, "--out", tmp_path / "maps", "--method", "saliency").out)[
        "photos"
    ][0]["faces"][0]
    for key in ("emotion", "confidence", "doubts"):
        assert explained[key] == predicted[key]
    first = explained["maps"][0]
    assert (first["class"], first["probability"]) == (predicted["emotion"], predicted["confidence"])


def test_balanced_answers_tell_both_figures(photo_artifacts: Path, photos: Path) -> None:
    photo = (photos / "1 her.png", "--artifacts", photo_artifacts, "--members", "shallow,deep", "--balanced")
    found = json.loads(command("predict", *photo, "--json").out)
    assert found["balanced"] is True
    assert set(found["balance"]) == {"power", "accuracy", "macro_recall"}
    assert "measured on FER-2013" in found["confidence_measured_on"]
    assert "on PublicTest mean recall goes from" in command("predict", *photo).out
