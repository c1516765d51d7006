"""The bench compares like with like, and says so where something is missing.  No time is judged here."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from fer_core import artifacts as store
from fer_core import bench
from fer_core.artifacts import Artifacts, Card, Manifest, npz, open_artifacts
from fer_core.bench import faces, recompute, training
from fer_core.bench.faces import time_faces
from fer_core.bench.training import time_training
from fer_core.cli import app
from fer_core.ensemble import COMBINERS, Explorer, Setting
from fer_core.errors import ArtifactDamaged
from fer_core.inference import pack_weights
from fer_core.models import MODELS, arguments_of, build
from fer_core.photo.decode import grey
from fer_core.training.runs import macs
from tests import ROOT
from tests.pictures import HER, scaled
from tests.synthetic import write_artifacts

NAMES = tuple(f"member{i}" for i in range(bench.MEMBERS))
FEW = ("shallow", "deep", "vgg")
HER_FACE = grey(scaled(np.ascontiguousarray(HER[44:164, 64:184]), 0.4))
"""uint8 [48,48], framed about as FER-2013 frames a face."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recompute, "IMAGES", 300)
    monkeypatch.setattr(faces, "MODELS", {name: MODELS[name] for name in FEW})
    monkeypatch.setattr(faces, "RUNS", 2)
    monkeypatch.setattr(faces, "LOADS", 1)
    monkeypatch.setattr(training, "BATCH", 4)
    monkeypatch.setattr(training, "SECONDS", 0.0)
    monkeypatch.setattr(training, "WARM_UP", 1)
    monkeypatch.setattr(training, "AT_LEAST", 1)
    monkeypatch.setattr(training, "matmul_ceiling", lambda device: 1e12)
    monkeypatch.setenv("FER_ARTIFACTS", f"{tmp_path}/none")


def two_real_members(root: Path) -> Artifacts:
    """Write artifacts whose members `deep` and `shallow` hold weights that their cards describe."""
    members = ("deep", "shallow")
    write_artifacts(root, members=members, n=50)
    manifest = open_artifacts(root).manifest

    def fill(staging: Path) -> Manifest:
        for name in members:
            folder, network = staging / "members" / name, build(name)
            card = json.loads((folder / "card.json").read_text())
            card |= {"arguments": arguments_of(name), "preprocessing": network.preprocessing.as_dict()}
            (folder / "card.json").write_text(Card.from_json(json.dumps(card), where="card.json").to_json())
            (folder / "model.safetensors").write_bytes(pack_weights(network))
        return manifest

    store.replace(root, fill)
    return open_artifacts(root)


def test_both_sides_work_out_the_same() -> None:
    logits, labels = bench.synthetic()
    explorer = Explorer(NAMES, logits, labels)
    ours = explorer.recompute(Setting(NAMES))
    probabilities, best = explorer.part("test").probabilities, NAMES.index(ours.best_member)
    peer = bench.sklearn_recompute(probabilities, labels["test"], best)
    assert peer is not None
    theirs = peer()
    for key in ("accuracy", "interval", "macro_f1", "nll", "brier", "ece"):
        assert getattr(ours, key) == pytest.approx(theirs[key]), key
    assert list(ours.member_accuracy.values()) == pytest.approx(theirs["member_accuracy"])
    assert ours.mcnemar.p == pytest.approx(theirs["p"])
    assert (ours.confusion == theirs["confusion"]).all()
    np.testing.assert_allclose(ours.recalls, theirs["recalls"])
    np.testing.assert_allclose(ours.recall_gain, theirs["recalls"] - theirs["recalls_of_best"])


def test_made_up_members_are_like_real_ones_and_the_same_each_time() -> None:
    first, second = bench.synthetic(), bench.synthetic()
    assert all((first[0][split] == second[0][split]).all() for split in first[0])
    explorer = Explorer(NAMES, *first)
    assert min(explorer.valid_accuracy.values()) > 0.5
    assert max(explorer.valid_accuracy.values()) < 0.85


def test_json_is_one_document_with_every_combiner() -> None:
    result = CliRunner().invoke(app, ["bench", "--repeat", "20", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["members"], found["images"], found["classes"], found["repeat"]) == (9, 300, 7, 20)
    assert found["peer"].startswith("scikit-learn ")
    what = [timing["what"] for timing in found["timings"]]
    assert len(what) == len(set(what)) == 10 + 1 + 1
    assert {name.split(", ")[1] for name in what[:10]} == {name for name, rule in COMBINERS.items() if rule.fit is None}
    assert all(0 < timing["median_ms"] <= timing["p95_ms"] for timing in found["timings"])
    assert [network["what"] for network in found["faces"]["members"]] == list(FEW)
    assert found["faces"]["untrained"] == list(FEW)
    assert (found["training"], found["missing"]) == (None, None)


def test_a_missing_scikit_learn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    result = CliRunner().invoke(app, ["bench", "--repeat", "20"])
    assert result.exit_code == 0, result.output
    assert "Install scikit-learn" in result.stdout
    assert bench.bench(repeat=1).peer is None


def test_real_members_are_timed_where_there_are_some() -> None:
    logits, labels = bench.synthetic(seed=1)
    real = Explorer(("a", "b"), {split: part[:2] for split, part in logits.items()}, labels)
    found = bench.bench(repeat=1, real=real)
    assert any(timing.what.startswith("the 2 members of artifacts") for timing in found.timings)


# Networks


def test_members_that_the_artifacts_lack_are_timed_untrained_and_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "MODELS", MODELS)
    found = time_faces(two_real_members(tmp_path / "artifacts"), runs=3, loads=1)
    assert [network.what for network in found.members] == list(MODELS)
    assert [network.what for network in found.members if network.trained] == ["shallow", "deep"]
    assert found.untrained == tuple(name for name in MODELS if name not in ("shallow", "deep"))
    assert found.total.what == "all 9"
    assert not found.total.trained
    assert found.total.parameters == sum(network.parameters for network in found.members)
    assert (found.faces, found.loads, found.threads) == (3, 1, torch.get_num_threads())
    for network in (*found.members, found.total):
        assert 0 < network.median_ms <= network.p95_ms
        assert min(network.load_ms, network.anew_ms) > 0
    assert found.total.load_ms == pytest.approx(sum(network.load_ms for network in found.members))  # of one load


def test_weights_of_another_sha_are_refused(tmp_path: Path) -> None:
    artifacts = two_real_members(tmp_path / "artifacts")
    (artifacts.root / "members" / "deep" / "model.safetensors").write_bytes(pack_weights(build("deep")) + b"x")
    with pytest.raises(ArtifactDamaged, match="SHA-256"):
        time_faces(artifacts, runs=1, loads=1)


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"loads": 0}])
def test_no_run_at_all_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected at least 1, got 0"):
        time_faces(None, **wrong)


def test_training_counts_images_and_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "AT_LEAST", 3)
    seen: list[str] = []
    found = time_training(("shallow", "deep"), device=torch.device("cpu"), begun=seen.append)
    assert seen == [member.member for member in found.members] == ["shallow", "deep"]
    assert (found.batch, found.ceiling) == (4, 1e12)
    for member in found.members:
        assert member.macs == macs(build(member.member).eval())
        assert member.steps >= 3
        assert member.side == build(member.member).preprocessing.size
        assert math.isfinite(member.images_per_second)
        share = 3 * 2 * member.macs * member.images_per_second / 1e12
        assert member.share_of_ceiling == pytest.approx(share)


def test_every_recipe_can_be_timed() -> None:
    found = time_training(device=torch.device("cpu"))
    assert [member.member for member in found.members] == list(MODELS)


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(ValueError, match="member: expected one of"):
        time_training(("transformer",))


# The command


def show(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["bench", "--repeat", "20", *arguments], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_tables_name_the_machine_and_what_is_untrained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MODELS", {"deep": MODELS["deep"]})
    two_real_members(tmp_path / "artifacts")
    text = show("--training", "--artifacts", str(tmp_path / "artifacts"))
    assert "deep " in text
    assert "vgg *" in text
    assert "deep *" not in text
    assert "* Untrained, for timing alone" in text
    assert f"torch {torch.__version__}" in text
    assert "thread" in text
    assert "1,000 GFLOP/s" in text
    assert "…" not in text  # nothing is cut off


def test_json_has_training_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MODELS", {"deep": MODELS["deep"]})
    found: dict[str, Any] = json.loads(show("--training", "--json"))
    assert [member["member"] for member in found["training"]["members"]] == ["deep"]
    assert set(found["training"]) == {"device", "threads", "torch", "batch", "ceiling", "members"}


@pytest.mark.parametrize("as_json", [False, True])
def test_without_torch_the_recompute_is_timed_and_one_line_says_what_to_install(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise ModuleNotFoundError('No module', name='torch')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "fer_core", "bench", "--repeat", "20", *(["--json"] if as_json else [])],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    if as_json:
        found = json.loads(done.stdout)
        assert (found["faces"], found["training"], found["missing"]) == (None, None, "torch")
        assert found["timings"]
    else:
        assert "One recompute of 9 members" in done.stdout
        assert "Timing networks needs torch: pip install -r requirements.txt" in done.stdout


def test_a_photo_is_found_by_both_detectors_and_answered_by_all_members(tmp_path: Path) -> None:
    from fer_core.bench.photos import SIZE, photo_of, time_photos
    from fer_core.photo.decode import decode
    from fer_core.photo.detect import detect

    faces_of = npz({"faces": np.repeat(HER_FACE[None], 8, axis=0)})
    write_artifacts(tmp_path / "artifacts", photos=True, instead={"mean_faces.npz": faces_of})
    artifacts = open_artifacts(tmp_path / "artifacts")
    assert decode(photo_of(artifacts)).size == SIZE
    found = time_photos(artifacts, runs=1)
    assert [timing.what for timing in found.timings] == ["mtcnn, 3 members", "haar, 3 members"]
    assert found.members == 3
    assert found.peer_ratio is None
    for timing in found.timings:
        assert timing.faces == len(detect(decode(photo_of(artifacts)).rgb, detector=timing.what.split(",")[0])) == 1
        assert 0 < timing.median_ms <= timing.p95_ms


def test_maps_are_timed_beside_captum_on_a_deep_copy(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_core.bench import saliency

    monkeypatch.setattr(saliency, "WARM_UP", 1)
    found = saliency.time_maps(open_artifacts(photo_artifacts), runs=1)
    assert [timing.maps for timing in found.timings] == [1] * len(saliency.SINGLE) + [3, 3]
    assert found.timings[-1].what == "Integrated Gradients, all 3"
    for timing in found.timings:
        assert 0 < timing.median_ms <= timing.p95_ms
    assert [timing.what.split(",")[0] for timing in found.timings if timing.peer_ms is None] == [
        "Guided Backprop",
        "Guided Grad-CAM",
        "DeepLift",
    ]


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "grad_cam", "integrated_gradients"])
def test_maps_that_are_compared_are_the_same(photo_artifacts: Path, method: str) -> None:
    from fer_core.bench.saliency import COMPARED, _plain
    from fer_core.inference import to_tensor
    from fer_core.saliency import Explainer, Target
    from fer_core.saliency.explainer import explain

    assert method in COMPARED
    explainer, face = Explainer(open_artifacts(photo_artifacts)), HER_FACE[None]
    subject = explainer.member("deep")
    theirs = _plain(subject, method, to_tensor(face))()
    assert isinstance(theirs, torch.Tensor)
    ours = explain(subject, face, method, explainer.surroundings, target=Target(3)).values
    if method == "grad_cam":  # ours is cut at zero, enlarged and set into the frame
        assert theirs.clamp_min(0).max().item() == pytest.approx(ours.max(), rel=0.2)
    else:
        np.testing.assert_allclose(ours, theirs[:, 0].detach().numpy(), atol=1e-5)


def test_the_peer_goes_with_a_photo(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "--peer"])
    assert done.exit_code == 2
    assert "--peer goes with --photo." in done.output
