"""The library from outside: five lines from a photo to the emotions of its faces."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import fer_core
from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import choose
from fer_core.reports.summary import explorer_of
from tests.synthetic import write_artifacts


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("recogniser") / "artifacts", photos=True)


def photo() -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.RandomState(3).randint(0, 256, (90, 80, 3)).astype(np.uint8)).save(content, "PNG")
    return content.getvalue()


def test_what_is_exported_is_pinned() -> None:
    assert fer_core.__all__ == ["BadPhoto", "FerError", "load"]


def test_import_loads_no_network() -> None:
    asked = "import sys; import fer_core; print(sorted({'torch', 'numpy', 'cv2', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout.strip() == "[]"


def test_five_lines_say_what_a_face_shows(root: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(photo())
    recogniser = fer_core.load(root)
    assert set(recogniser.members) == set(choose(explorer_of(open_artifacts(root))).setting.members)
    (face,) = recogniser.predict(tmp_path / "photo.png", detector="whole")
    assert face == recogniser.predict(photo(), detector="whole")[0]
    assert face.emotion == max(EMOTIONS, key=face.probabilities.__getitem__)
    assert sum(face.probabilities.values()) == pytest.approx(1)
    assert face.confidence == pytest.approx(face.probabilities[face.emotion])
    assert set(face.members) == set(recogniser.members)
    left, top, right, bottom = face.box
    assert left < right <= 80
    assert top < bottom <= 90


def test_an_ensemble_can_be_named(root: Path) -> None:
    recogniser = fer_core.load(root, members=("deep", "shallow"), combiner="hard_vote")
    (face,) = recogniser.predict(photo(), detector="whole")
    assert set(face.members) == {"deep", "shallow"}
    assert face.confidence is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"members": ("deeep",)}, "members: no member is called 'deeep'; there are shallow, deep, agrawal"),
        ({"members": ()}, "members: expected one at least"),
        ({"weighting": "manual"}, "weighting: expected one of equal, .* got 'manual'"),
        ({"combiner": "mean"}, "combiner: expected one of mean_probability, .* got 'mean'"),
    ],
)
def test_what_there_is_not_is_named(root: Path, asked: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fer_core.load(root, **asked)  # type: ignore[arg-type]


def test_what_cannot_be_read_is_one_sentence(root: Path, tmp_path: Path) -> None:
    recogniser = fer_core.load(root)
    with pytest.raises(fer_core.BadPhoto, match="the photo"):
        recogniser.predict(b"this is no photo")
    with pytest.raises(fer_core.BadPhoto, match=r"nothing\.jpg cannot be read"):
        recogniser.predict(tmp_path / "nothing.jpg")
    with pytest.raises(ValueError, match="detector: expected one of"):
        recogniser.predict(photo(), detector="eyes")
    with pytest.raises(fer_core.FerError):
        fer_core.load(tmp_path / "nowhere")
