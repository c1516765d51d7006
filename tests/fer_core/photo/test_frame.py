"""How FER-2013 frames a face: its file, measuring it, and the command that writes it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core.artifacts import Frame, open_artifacts
from fer_core.artifacts.frame import LANDMARKS
from fer_core.dataset import find
from fer_core.dataset.pack import write
from fer_core.emotions import SIDE
from fer_core.errors import ArtifactDamaged, ArtifactMissing, DatasetError
from fer_core.photo import measure as module
from fer_core.photo.decode import grey
from fer_core.photo.detect import detect
from fer_core.photo.framing import placement, resample
from fer_core.photo.measure import ENLARGED, MARGIN, enlarged, measure
from tests.command import command
from tests.pictures import HER, turned
from tests.spoiling import put
from tests.synthetic import FRAME, write_artifacts
from tests.tiny import tiny_dataset

pytestmark = pytest.mark.usefixtures("one_thread")


def same(frame: Frame, other: Frame) -> bool:
    return frame.to_json() == other.to_json()


def test_a_frame_goes_to_json_and_back() -> None:
    found = Frame.from_json(FRAME.to_json().encode(), where="x")
    assert same(found, FRAME)
    np.testing.assert_allclose(found.landmarks, FRAME.landmarks)
    assert (found.boxes, found.images, found.found) == (FRAME.boxes, FRAME.images, FRAME.found)
    more = json.loads(FRAME.to_json()) | {"measured": "today"}
    assert same(Frame.from_json(json.dumps(more).encode(), where="x"), FRAME)
    assert list(json.loads(FRAME.to_json())["landmarks"]) == list(LANDMARKS)


def without(*keys: str) -> Callable[[dict[str, Any]], None]:
    def spoil(found: dict[str, Any]) -> None:
        for key in keys[:-1]:
            found = found[key]
        del found[keys[-1]]

    return spoil


def with_(value: object, *keys: str) -> Callable[[dict[str, Any]], None]:
    def spoil(found: dict[str, Any]) -> None:
        for key in keys[:-1]:
            found = found[key]
        found[keys[-1]] = value

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        without("landmarks"),
        without("landmarks", "nose"),
        without("landmarks", "nose", "median"),
        without("landmarks", "nose", "spread"),
        without("boxes"),
        without("images"),
        without("found"),
        with_([24, "x"], "landmarks", "nose", "median"),
        with_([24], "landmarks", "nose", "median"),
        with_([24, float("nan")], "landmarks", "nose", "median"),
        with_([24, float("inf")], "landmarks", "nose", "spread"),
        with_([24, None], "landmarks", "nose", "median"),
        with_([0, 0, 48], "boxes", "haar"),
        with_([48, 0, 0, 48], "boxes", "haar"),
        with_([0, 10, 48, 10], "boxes", "haar"),
        with_([], "boxes"),
        with_([], "landmarks"),
        with_("many", "images"),
        with_(float("inf"), "images"),
    ],
)
def test_a_damaged_frame_is_refused_by_name(spoil: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(FRAME.to_json())
    spoil(found)
    with pytest.raises(ArtifactDamaged, match=r"here/frame\.json does not say where FER-2013 puts a face"):
        Frame.from_json(json.dumps(found).encode(), where="here/frame.json")


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe", FRAME.to_json().encode()[:90]])
def test_what_is_no_frame_is_refused(text: bytes) -> None:
    with pytest.raises(ArtifactDamaged, match="x does not say"):
        Frame.from_json(text, where="x")


def test_artifacts_give_the_frame_or_say_how_to_get_it(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts")
    with pytest.raises(ArtifactMissing, match=r"frame\.json is not among the artifacts.*python -m fer_core frame"):
        open_artifacts(root).frame()
    assert open_artifacts(root).check() == []
    write_artifacts(root, instead={"frame.json": FRAME.to_json().encode()})
    assert same(open_artifacts(root).frame(), FRAME)
    damaged = put(root, "frame.json", b"{}")
    assert [str(root / "frame.json") in problem for problem in damaged.check()] == [True]


def framed_like(frame: Frame, degrees: float = 0) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return her face as a frame has it, uint8 [48,48], turned by some degrees first, and where its landmarks are."""
    photo = turned(HER, degrees)
    (face,) = detect(photo)
    transform = placement(face, frame)
    assert face.landmarks is not None
    return resample(grey(photo), transform), face.landmarks @ transform[:, :2].T + transform[:, 2]


def moved(frame: Frame, by: tuple[float, float]) -> Frame:
    return Frame(frame.landmarks + by, frame.spread, frame.boxes, frame.images, frame.found)


def test_images_are_enlarged_with_a_rim() -> None:
    images = np.random.RandomState(0).randint(0, 256, (2, SIDE, SIDE)).astype(np.uint8)
    large = enlarged(images)
    assert (large.shape, large.dtype) == ((2, 288, 288), np.uint8)
    inner = large[:, MARGIN * ENLARGED : -MARGIN * ENLARGED, MARGIN * ENLARGED : -MARGIN * ENLARGED]
    means = inner.reshape(2, SIDE, ENLARGED, SIDE, ENLARGED).mean(axis=(2, 4))
    assert np.corrcoef(means.ravel(), images.ravel())[0, 1] > 0.97  # a quarter of a pixel off, it is 0.92
    assert (large[:, :48] == large[:, 48:49]).all()
    assert (large[:, :, -48:] == large[:, :, -49:-48]).all()


def test_faces_are_measured_where_they_were_put(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where they are moved: a pixel to the right in the images is a pixel to the right in the frame."""
    monkeypatch.setattr(module, "FEWEST", 3)
    monkeypatch.setattr(module, "BATCH", 4)
    faces, marks = zip(*(framed_like(FRAME, degrees) for degrees in (0, 4, -4, 2)), strict=True)
    images = np.stack([*faces, np.zeros_like(faces[0]), np.full_like(faces[0], 200)])
    steps: list[int] = []
    found = measure(images, advance=steps.append)
    assert steps == [4, 2]
    assert found.images == 6
    assert found.found["mtcnn"] == 4
    assert 3 <= found.found["haar"] <= 4
    assert np.abs(found.landmarks - np.median(marks, axis=0)).max() < 1
    assert (found.spread >= 0).all()
    assert found.spread.max() < 1.5
    assert set(found.boxes) == {"mtcnn", "haar"}
    for left, top, right, bottom in found.boxes.values():
        assert left < FRAME.landmarks[0, 0] < FRAME.landmarks[1, 0] < right
        assert top < FRAME.landmarks[0, 1] < FRAME.landmarks[3, 1] < bottom + 5
    frame = moved(FRAME, (4, -3))
    aside = measure(np.stack([framed_like(frame, degrees)[0] for degrees in (0, 4, -4, 2)]))
    shift = aside.landmarks - found.landmarks
    np.testing.assert_allclose(shift.mean(axis=0), (4, -3), atol=0.7)
    boxes = np.array([aside.boxes["mtcnn"], found.boxes["mtcnn"]]).reshape(2, 2, 2).mean(axis=1)
    np.testing.assert_allclose(boxes[0] - boxes[1], (4, -3), atol=1.5)


def test_too_few_faces_are_said() -> None:
    with pytest.raises(DatasetError, match="mtcnn found a face in 0 of 3 images; give it more images"):
        measure(np.zeros((3, SIDE, SIDE), np.uint8))


@pytest.fixture
def tree(tmp_path: Path) -> tuple[Path, Path]:
    """Return artifacts and a data set whose rows they know."""
    from fer_core.collect import derived_files

    dataset = tiny_dataset(train=70, other=14)
    write(dataset, tmp_path / "fer2013.npz")
    rows = {"rows.npz": derived_files(dataset)["rows.npz"]}
    return write_artifacts(tmp_path / "artifacts", n=14, instead=rows), tmp_path / "fer2013.npz"


def test_the_command_adds_what_was_measured(tree: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root, data = tree
    seen: list[NDArray[np.uint8]] = []

    def measured(images: NDArray[np.uint8], *, advance: Callable[[int], None]) -> Frame:
        advance(len(images))
        seen.append(images)
        return FRAME

    monkeypatch.setattr(module, "measure", measured)
    before = open_artifacts(root).manifest
    done = command("frame", "--data", data, "--artifacts", root)
    assert done.code == 0, done.err
    assert "nose:  24.3 ± 1.5,  29.0 ± 1.5 px" in done.out
    assert "mtcnn in 2,687, haar in 2,226 of 3,000 images" in done.out
    assert (seen[0] == tiny_dataset(train=70, other=14).split("train").images).all()
    found = open_artifacts(root)
    assert same(found.frame(), FRAME)
    assert found.check() == []
    after = dict(found.manifest.files)
    assert after.pop("frame.json")
    assert (after, found.manifest.members, found.manifest.scorings) == (before.files, before.members, before.scorings)
    as_json = command("frame", "--data", data, "--artifacts", root, "--json")
    assert json.loads(as_json.out) == json.loads(FRAME.to_json())
    assert open_artifacts(root).fingerprint == found.fingerprint


def test_the_command_changes_nothing_where_it_fails(tree: tuple[Path, Path], tmp_path: Path) -> None:
    root, data = tree
    fingerprint = open_artifacts(root).fingerprint
    done = command("frame", "--data", data, "--artifacts", root)  # images of one brightness show no face
    assert done.one_sentence
    assert "found a face in 0 of 70 images" in done.err
    assert open_artifacts(root).fingerprint == fingerprint
    none = command("frame", "--data", data, "--artifacts", tmp_path / "none")
    assert none.one_sentence
    assert "no trained members" in none.err


@pytest.mark.dataset
@pytest.mark.skipif(not os.environ.get("FER2013_PATH"), reason="FER2013_PATH is not set")
def test_the_frame_of_the_artifacts_is_that_of_fer2013() -> None:
    """A few of the images give the file's medians, to within what so few tell."""
    artifacts = open_artifacts()
    images = find(Path(os.environ["FER2013_PATH"]).expanduser(), known=artifacts.rows()).split("train").images
    found, written = measure(images[:: len(images) // 160][:160]), artifacts.frame()
    assert np.abs(found.landmarks - written.landmarks).max() < 1
    for name, box in found.boxes.items():
        np.testing.assert_allclose(box, written.boxes[name], atol=1.5)
