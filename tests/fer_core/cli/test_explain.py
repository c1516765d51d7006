"""`python -m fer_core explain` over made-up artifacts: photos in, maps out; and what is measured over PublicTest."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fer_core.artifacts import Artifacts, Faithfulness, add_files, open_artifacts
from fer_core.collect import collect
from fer_core.emotions import EMOTIONS
from fer_core.inference import load
from fer_core.models import Member
from fer_core.saliency import ATTRIBUTIONS, Arguments, Explainer, Subject, Target, benchmark
from fer_core.saliency.trust import UNCHANGED
from tests.command import Done, command
from tests.pictures import HER, TWO, saved
from tests.synthetic import FRAME, FRAME_FILE

pytestmark = pytest.mark.usefixtures("one_thread")
ALL = ("--members", "shallow,deep,agrawal")


def explain(artifacts: Path, *arguments: object) -> Done:
    return command("explain", "--artifacts", artifacts, *arguments)


def test_a_photo_gives_a_picture_and_arrays(photo_artifacts: Path, photos: Path, tmp_path: Path) -> None:
    photo, out = photos / "1 her.png", tmp_path / "maps"
    asked = ("--method", "integrated_gradients", "--steps", 8, "--target", "fear", "--against", "happy")
    done = explain(photo_artifacts, photo, "--out", out, *asked, *ALL)
    assert (done.code, done.err) == (0, "")
    png, arrays = out / "1 her.face1.integrated_gradients.png", out / "1 her.face1.integrated_gradients.npz"
    assert done.out.startswith(f"{photo}: ensemble fear, not happy ")
    assert done.out.endswith(f"%: {png}\n")
    assert sorted(path.name for path in out.iterdir()) == sorted((png.name, arrays.name))
    with Image.open(png) as picture:
        assert picture.size[0] > 4 * 48
    with np.load(arrays, allow_pickle=False) as found:
        names, face, maps = found["names"].tolist(), found["face"], found["maps"]
        assert names == ["ensemble", "shallow", "deep", "agrawal"]
        assert json.loads(str(found["arguments"])) == {"baseline": "black", "steps": 8}
        explainer = Explainer(open_artifacts(photo_artifacts))
        own = explainer.explain(
            explainer.member("deep"),
            face[None],
            "integrated_gradients",
            target=Target(EMOTIONS.index("fear"), EMOTIONS.index("happy")),
            arguments=Arguments(steps=8),
        )
        assert np.array_equal(maps[2], own.values[0])
        assert found["explained"][2] == own.explained[0]


def test_json_tells_all_and_a_bad_photo_does_not_stop_the_rest(
    photo_artifacts: Path, photos: Path, tmp_path: Path
) -> None:
    done = explain(photo_artifacts, photos, "--out", tmp_path / "maps", "--method", "saliency", "--json", *ALL)
    assert done.code == 1
    found = json.loads(done.out)
    assert [len(photo["faces"]) for photo in found["photos"]] == [1, 2, 0, 0]
    assert "4 bad.jpg" in found["photos"][3]["error"]
    for photo in found["photos"]:
        for face in photo["faces"]:
            assert [one["name"] for one in face["maps"]] == ["ensemble", "shallow", "deep", "agrawal"]
            assert Path(face["png"]).is_file()
            assert Path(face["npz"]).is_file()


def test_files_of_other_photos_are_left_alone(photo_artifacts: Path, photos: Path, tmp_path: Path) -> None:
    out, one = tmp_path / "maps", photos / "1 her.png"
    other = tmp_path / "1 her.png"
    other.write_bytes(saved(HER[:, ::-1]))
    asked = ("--out", out, "--method", "saliency", "--members", "deep")
    assert explain(photo_artifacts, one, *asked).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert explain(photo_artifacts, one, *asked).code == 0  # the same once more replaces its own
    assert sorted(path.name for path in out.iterdir()) == sorted(before)
    assert explain(photo_artifacts, other, *asked).code == 0
    assert len(list(out.iterdir())) == 4
    assert all((out / name).read_bytes() == content for name, content in before.items())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (("--method", "guess"), "expected one of saliency, input_x_gradient"),
        (("--target", "bored"), "expected one of angry, disgust"),
        (("--target", "sad", "--against", "sad"), "expected another class than sad"),
        (("--baseline", "white", "--method", "occlusion"), "expected one of black, mean_face, blurred"),
        (("--steps", "9"), "Grad-CAM takes no steps"),
        (("--method", "integrated_gradients", "--steps", "1"), "expected 2 to 1000, got 1"),
        (("--members", "nobody"), "no member is called 'nobody'"),
        (("--limit", "5"), "goes with --benchmark or --mean"),
    ],
)
def test_what_does_not_exist_is_refused(
    photo_artifacts: Path, photos: Path, tmp_path: Path, wrong: tuple[str, ...], says: str
) -> None:
    done = explain(photo_artifacts, photos / "1 her.png", "--out", tmp_path / "maps", *wrong)
    assert done.code == 2
    assert says in done.words
    assert not (tmp_path / "maps").exists()


@pytest.mark.parametrize("arguments", [(), ("photo.jpg",), ("--benchmark", "--mean"), ("photo.jpg", "--mean")])
def test_something_to_do_is_asked_for(photo_artifacts: Path, arguments: tuple[str, ...]) -> None:
    done = explain(photo_artifacts, *arguments)
    assert done.code == 2
    assert "name " in done.words


def test_who_cannot_be_served_is_left_out_and_it_is_said(photo_artifacts: Path, photos: Path, tmp_path: Path) -> None:
    asked = ("--out", tmp_path / "maps", "--method", "deep_lift")
    done = explain(photo_artifacts, photos / "1 her.png", *asked, *ALL)
    assert done.code == 0
    assert "DeepLift cannot serve an ensemble" in done.err
    assert "shallow" in done.out
    vote = ("--members", "deep,shallow", "--combiner", "hard_vote", "--method", "saliency")
    voted = explain(photo_artifacts, photos / "1 her.png", "--out", tmp_path / "vote", *vote)
    assert "through means alone" in voted.err
    assert voted.code == 0


@pytest.fixture
def with_frame(collected: Path) -> Path:
    """Return artifacts of two trained members, with the frame that maps need."""
    add_files(collected, lambda present: {FRAME_FILE: FRAME.to_json().encode()})
    return collected


def test_the_benchmark_is_written_once_and_again_for_new_weights(
    with_frame: Path, packed: Path, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: ATTRIBUTIONS[name] for name in ("saliency", "grad_cam", "deep_lift", "regions")}
    monkeypatch.setattr(benchmark, "ATTRIBUTIONS", few)
    monkeypatch.setattr(benchmark, "IMAGES", 4)
    trial = explain(with_frame, "--benchmark", "--data", packed, "--limit", 2)
    assert trial.code == 0, trial.err
    assert "A trial on 2 images, not written" in trial.out
    assert open_artifacts(with_frame).saliency() is None
    done = explain(with_frame, "--benchmark", "--data", packed)
    assert done.code == 0, done.err
    assert "2 of 2 members were measured." in done.out
    table = open_artifacts(with_frame).saliency()
    assert table is not None
    assert (table.images, table.stale, table.unchanged) == (4, (), UNCHANGED)
    assert {(e.member, e.method) for e in table.entries} == {(m, a) for m in ("deep", "shallow") for a in few}
    assert all(entry.low <= entry.gain <= entry.high for entry in table.entries)
    collect(trained / "new", with_frame, lambda: pytest.fail("the data set is not needed"))
    kept = open_artifacts(with_frame).saliency()
    assert kept is not None
    assert (kept.stale, {entry.member for entry in kept.entries}) == (("deep",), {"shallow"})
    again = explain(with_frame, "--benchmark", "--data", packed, "--json")
    now = open_artifacts(with_frame).saliency()
    assert now is not None
    assert (json.loads(again.out), now.stale) == (json.loads(now.to_json()), ())
    assert [entry for entry in now.entries if entry.member == "shallow"] == list(kept.entries), "and was left alone"
    assert now.of("deep", "saliency") != table.of("deep", "saliency")


def test_what_was_measured_of_weights_that_were_replaced_meanwhile_is_not_written(
    with_frame: Path, packed: Path, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was measured of the member that stays is not lost."""

    def measured(subject: Subject, images: object, surroundings: object, *, tick: object) -> list[Faithfulness]:
        if subject.name == "shallow":
            collect(trained / "new", with_frame, lambda: pytest.fail("the data set is not needed"))
        return [Faithfulness(subject.name, "saliency", 0.5, None, *[0.5] * 7, None, 1.0)]

    monkeypatch.setattr(benchmark, "benchmark", measured)
    assert explain(with_frame, "--benchmark", "--data", packed).code == 0
    found = open_artifacts(with_frame).saliency()
    assert found is not None
    assert [entry.member for entry in found.entries] == ["shallow"]
    assert set(found.weights) == {"shallow"}


def test_mean_maps_are_written_once_and_again_for_new_weights(with_frame: Path, packed: Path, trained: Path) -> None:
    trial = explain(with_frame, "--mean", "--data", packed, "--limit", 2)
    assert "A trial, not written" in trial.out
    assert open_artifacts(with_frame).mean_saliency() is None
    done = explain(with_frame, "--mean", "--data", packed)
    assert done.code == 0, done.err
    found = open_artifacts(with_frame).mean_saliency()
    assert found is not None
    assert found.counts.tolist() == [3] * 7
    assert found.maps.shape == (len(found.methods), 2, 7, 48, 48)
    # One is the mean pixel.
    np.testing.assert_allclose(found.maps.mean(axis=(3, 4)), np.where(found.maps.any(axis=(3, 4)), 1, 0), atol=0.02)
    collect(trained / "new", with_frame, lambda: pytest.fail("the data set is not needed"))
    again = explain(with_frame, "--mean", "--data", packed, "--json")
    assert json.loads(again.out)["measured"] == ["deep"]
    now = open_artifacts(with_frame).mean_saliency()
    assert now is not None
    assert (now.members, now.stale) == (found.members, ())
    deep, shallow = now.members.index("deep"), now.members.index("shallow")
    assert np.array_equal(now.maps[:, shallow], found.maps[:, shallow])
    assert not np.array_equal(now.maps[:, deep], found.maps[:, deep])
    assert "0 of 2 members" in explain(with_frame, "--mean", "--data", packed).out


def test_damaged_weights_are_one_sentence(
    photo_artifacts: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(artifacts: Artifacts, name: str) -> Member:
        network = load(artifacts, name)
        with torch.no_grad():
            next(network.parameters()).fill_(float("nan"))
        return network

    monkeypatch.setattr("fer_core.inference.panel.load", broken)
    asked = ("--out", tmp_path / "maps", "--method", "saliency", "--members", "deep")
    done = explain(photo_artifacts, photos / "1 her.png", *asked)
    assert done.one_sentence
    assert done.err == "fer_core: deep gives no finite numbers: its weights are damaged.\n"


@pytest.mark.parametrize(
    ("more", "tries"),
    [
        ((), "--small, --detector haar, or whole"),
        (("--small",), "--detector haar, or whole if the picture is one face"),
    ],
)
def test_no_face_is_one_sentence(
    photo_artifacts: Path, photos: Path, tmp_path: Path, more: tuple[str, ...], tries: str
) -> None:
    done = explain(photo_artifacts, photos / "3 none.png", "--out", tmp_path / "maps", "--members", "deep", *more)
    assert done.code == 0
    assert done.out == f"{photos / '3 none.png'}: no face was found; if there is one, try {tries}.\n"
    assert not (tmp_path / "maps").exists()


def test_a_link_or_a_photo_of_that_name_is_not_written_through(
    photo_artifacts: Path, photos: Path, tmp_path: Path
) -> None:
    asked = ("--out", photos, "--method", "saliency", "--members", "deep", "--detector", "whole")
    (photos / "1 her.face1.saliency.png").write_bytes(saved(HER))
    (photos / "3 none.face1.saliency.npz").symlink_to(photos / "1 her.png")
    (photos / "3 none.face1.saliency-2.png").symlink_to(tmp_path / "nowhere")
    before = {path.name: path.read_bytes() for path in photos.iterdir() if path.exists()}
    assert explain(photo_artifacts, photos / "1 her.png", photos / "3 none.png", *asked).code == 0
    after = {path.name: path.read_bytes() for path in photos.iterdir() if path.exists()}
    assert {name: after[name] for name in before} == before
    assert not (tmp_path / "nowhere").exists()
    assert set(after) - set(before) == {
        f"{name}.{kind}" for name in ("1 her.face1.saliency-2", "3 none.face1.saliency-3") for kind in ("png", "npz")
    }
    blocked = explain(photo_artifacts, photos / "1 her.png", "--out", photos / "1 her.png", *asked[2:])
    assert blocked.one_sentence
    assert "cannot be written" in blocked.err


def test_maps_beside_the_photos_do_not_breed_and_a_long_name_is_cut(photo_artifacts: Path, tmp_path: Path) -> None:
    (tmp_path / f"{'n' * 245}.png").write_bytes(saved(TWO))
    counts = []
    for _ in range(2):
        asked = ("--out", tmp_path, "--method", "saliency", "--members", "deep", "--jsonl")
        done = explain(photo_artifacts, tmp_path, *asked)
        assert (done.code, done.err) == (0, "")
        header, record = map(json.loads, done.out.splitlines())
        assert (header["method"], header["small"], len(record["faces"])) == ("saliency", False, 2)
        assert len({face["png"] for face in record["faces"]}) == 2
        counts.append(len(list(tmp_path.iterdir())))
    assert counts == [5, 5]


def test_maps_that_cannot_be_written_do_not_stop_the_next_photo(
    photo_artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(saved(HER))
    replace_file = os.replace

    def failing(source: Path, target: Path) -> None:
        if Path(target).name == "a.face1.saliency.npz":
            raise OSError(28, "No space left on device")
        replace_file(source, target)

    monkeypatch.setattr(os, "replace", failing)
    out = tmp_path / "maps"
    done = explain(photo_artifacts, tmp_path, "--out", out, "--method", "saliency", "--members", "deep", "--json")
    assert done.one_sentence
    assert done.err.endswith("a.face1.saliency.npz cannot be written: No space left on device.\n")
    first, second = json.loads(done.out)["photos"]
    assert sorted(path.name for path in out.iterdir()) == [
        "a.face1.saliency.png", "b.face1.saliency.npz", "b.face1.saliency.png",
    ]  # fmt: skip
    assert (first["faces"], "cannot be written" in first["error"], len(second["faces"])) == ([], True, 1)
