"""The members loaded once for everybody, and the temperatures of what they say."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fer_core.artifacts import CALIBRATION, Artifacts, open_artifacts
from fer_core.calibration import temperature_of
from fer_core.ensemble import Setting
from fer_core.errors import ArtifactDamaged, ArtifactError
from fer_core.inference import Panel, load, member_logits, panel
from fer_core.photo.calibrated import CalibratedEnsemble
from tests.one_view import drop, one_view, temperatures
from tests.spoiling import edit_manifest, put
from tests.synthetic import write_artifacts
from tests.tiny import opinionated, tiny_dataset

pytestmark = pytest.mark.usefixtures("one_thread")


def test_made_up_artifacts_can_carry_it_all(tmp_path: Path) -> None:
    artifacts = open_artifacts(write_artifacts(tmp_path / "artifacts", n=60, photos=True))
    assert artifacts.check() == []
    assert artifacts.calibration() is not None
    assert artifacts.logits("test", view="one_view").logits.shape == (3, 60, 7)
    assert list(Panel(artifacts).members) == list(artifacts.manifest.members)
    calibrated_ensemble, setting = CalibratedEnsemble(artifacts), Setting(artifacts.manifest.members, twins=False)
    whole = calibrated_ensemble.explorers["full"].recompute(replace(setting, twins=True)).accuracy
    assert calibrated_ensemble.accuracy(setting, "full", "test") == whole  # of all images, whatever else is looked at
    assert calibrated_ensemble.explorers["full"].recompute(setting).accuracy != whole


def test_the_judge_takes_written_temperatures_and_fits_the_others(collected: Path) -> None:
    found = json.loads((collected / CALIBRATION).read_text())
    for entry in found["temperatures"]:
        entry["temperature"] = 3.5
    calibrated_ensemble = CalibratedEnsemble(put(collected, CALIBRATION, json.dumps(found).encode()))
    both = Setting(("shallow", "deep"))
    assert calibrated_ensemble.temperature(both, "full") == 3.5
    for other in (Setting(("deep", "shallow")), Setting(both.members, "manual", manual=(0.2, 0.8))):
        fitted = calibrated_ensemble.temperature(other, "one_view")
        assert fitted == temperature_of(calibrated_ensemble.explorers["one_view"], other)
        assert fitted != 3.5
    assert calibrated_ensemble.temperature(Setting(both.members, "equal", "hard_vote"), "full") is None
    logits = np.stack([calibrated_ensemble.explorers["one_view"].part("test").logs[:, :5]])[0].astype(np.float32)
    given = calibrated_ensemble.answers(both, "one_view", logits)
    assert [a.label for a in given] == calibrated_ensemble.explorers["one_view"].decide(both).labels[:5].tolist()
    assert all(answer.confidence is not None for answer in given)
    assert all(
        a.confidence is None for a in calibrated_ensemble.answers(replace(both, combiner="hard_vote"), "full", logits)
    )
    labels = open_artifacts(collected).logits("valid").labels
    right = calibrated_ensemble.explorers["one_view"].decide(replace(both, split="valid")).labels == labels
    assert calibrated_ensemble.accuracy(both, "one_view", "valid") == right.mean()


def test_without_temperatures_the_judge_fits_them(collected: Path) -> None:
    were = temperatures(collected)
    drop(collected, [CALIBRATION])
    calibrated_ensemble = CalibratedEnsemble(open_artifacts(collected))
    for (view, members, weighting, combiner), temperature in were.items():
        setting = Setting(members, weighting, combiner)  # type: ignore[arg-type]
        assert calibrated_ensemble.temperature(setting, str(view)) == pytest.approx(temperature, abs=1e-4)


def test_a_panel_is_loaded_once_for_all_threads(collected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    gate = threading.Barrier(8, timeout=30)

    def slow(artifacts: Artifacts, name: str) -> object:
        loaded.append(name)
        return load(artifacts, name)

    monkeypatch.setattr(panel, "load", slow)
    shared = Panel(open_artifacts(collected))
    assert loaded == []
    faces = tiny_dataset().split("test").images[:3]

    def ask(full: bool) -> NDArray[np.float32]:
        gate.wait()
        return shared.logits(faces, full=full)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, [False, True] * 4))
    assert loaded == ["shallow", "deep"]
    for full in (False, True):
        expected = np.stack([member_logits(load(open_artifacts(collected), name), faces, full=full) for name in loaded])
        for logits in found[int(full) :: 2]:
            np.testing.assert_array_equal(logits, expected)
    assert not any(network.training for network in shared.members.values())
    assert all(p.dtype == torch.float32 for network in shared.members.values() for p in network.parameters())


def test_a_panel_looks_at_no_face_and_at_many(collected: Path) -> None:
    artifacts = open_artifacts(collected)
    found = Panel(artifacts)
    nothing = found.logits(np.empty((0, 48, 48), np.uint8))
    assert (nothing.shape, nothing.dtype) == ((2, 0, 7), np.float32)
    images = tiny_dataset().split("test").images
    many = found.logits(images)
    assert (many.shape, many.dtype) == ((2, 21, 7), np.float32)
    np.testing.assert_allclose(many, one_view(collected)["test"], atol=1e-3)
    np.testing.assert_allclose(found.logits(images, full=True), artifacts.logits("test").logits, atol=1e-3)


def test_damaged_weights_are_named_by_the_panel(collected: Path) -> None:
    path = collected / "members" / "deep" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    shared = Panel(open_artifacts(collected))
    for _ in range(2):
        with pytest.raises(ArtifactDamaged, match=r"deep/model\.safetensors"):
            shared.members  # noqa: B018
    edit_manifest(collected, lambda found: found["files"].pop("members/deep/model.safetensors"))
    with pytest.raises(ArtifactError, match=r"deep/model\.safetensors"):
        Panel(open_artifacts(collected)).logits(np.zeros((1, 48, 48), np.uint8))


def test_a_thread_that_is_done_changes_nothing_for_one_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether TF32 is allowed and whether a network trains is shared by all threads."""
    network = opinionated("shallow").train()
    network.get_submodule("features").eval()
    modes = [module.training for module in network.modules()]
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    images, inside, done = np.zeros((1, 48, 48), np.uint8), threading.Event(), threading.Event()
    seen = []

    def slow(images: int) -> None:
        inside.set()
        assert done.wait(20)
        seen.append((network.training, torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32))

    first = threading.Thread(target=lambda: member_logits(network, images, advance=slow))
    first.start()
    assert inside.wait(20)
    member_logits(network, images)
    done.set()
    first.join()
    assert seen == [(False, False, False)]
    assert [module.training for module in network.modules()] == modes
    assert torch.backends.cudnn.allow_tf32
