"""Turned photos are answered upright, and what spoils the picture of a face makes one doubt the answer."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from fer_core.photo.decode import Photo
from fer_core.photo.detect import detect
from fer_core.photo.face import Face
from fer_core.photo.framing import framed_faces
from fer_core.photo.quality import MEASURES, blockiness, blurred, covered, noisy, spoilt_by
from tests.pictures import HER, Picture, scaled
from tests.synthetic import FRAME

pytestmark = pytest.mark.usefixtures("one_thread")


def photo_of(rgb: Picture) -> Photo:
    return Photo(rgb, "her.png", "PNG", (rgb.shape[1], rgb.shape[0]), 1)


@pytest.mark.parametrize(("turns", "tilt"), [(1, -90), (2, 180), (3, 90)])
def test_a_turned_photo_is_answered_upright_and_says_so(turns: int, tilt: float) -> None:
    upright, photo = photo_of(HER), photo_of(np.ascontiguousarray(np.rot90(HER, turns)))
    (expected,) = framed_faces(upright, FRAME)
    (seen,) = framed_faces(photo, FRAME)
    assert expected.doubts == ()
    assert seen.face.tilt is not None
    assert abs((seen.face.tilt - tilt + 180) % 360 - 180) < 8
    assert np.corrcoef(seen.image.ravel(), expected.image.ravel())[0, 1] > 0.97
    assert seen.doubts[0].startswith("turned by ")
    assert "turn the photo" in seen.doubts[0]


def test_a_face_upside_down_is_no_upright_one_that_the_detector_imagines() -> None:
    """Where MTCNN finds an upright face in one that is turned, it is surer of the one that is there."""
    imagined = Face((0, 0, 100, 100), "mtcnn", 0.979, np.array([[30.0, 40], [70, 40], [50, 60], [35, 80], [65, 80]]))
    assert not imagined.convincing
    assert Face(imagined.box, "mtcnn", 0.999, imagined.landmarks).convincing
    flipped = np.array([[30.0, 80], [70, 80], [50, 60], [35, 40], [65, 40]])
    assert not Face(imagined.box, "mtcnn", 0.999, flipped).convincing
    assert not Face(imagined.box, "haar").convincing


def test_a_convincing_photo_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_core.photo import mtcnn

    looks, find = [], mtcnn.find
    monkeypatch.setattr(mtcnn, "find", lambda *a, **k: looks.append(1) or find(*a, **k))  # type: ignore[func-returns-value]
    detect(HER)
    assert len(looks) == 1
    detect(np.zeros((90, 90, 3), np.uint8))
    assert len(looks) == 5


@pytest.fixture(scope="module")
def face() -> Picture:
    """Return a face as networks see it."""
    return framed_faces(photo_of(HER), FRAME)[0].image


@pytest.mark.parametrize(
    ("spoil", "doubt"),
    [
        (blurred(0.7), ()),
        (blurred(3.4), ("blurred",)),  # 7% of the frame's width
        (noisy(1), ()),
        (noisy(15), ("noisy",)),
        (covered("eyes"), ("eyes perhaps covered",)),
        (covered("mouth"), ("mouth perhaps covered",)),
        (covered("half"), ("one half perhaps covered",)),
        (lambda face, rng: covered("half")(face[:, ::-1], rng)[:, ::-1], ("one half perhaps covered",)),
    ],
)
def test_what_spoils_a_face_is_said(face: Picture, spoil: object, doubt: tuple[str, ...]) -> None:
    spoilt = spoil(face, np.random.RandomState(1))  # type: ignore[operator]
    assert spoilt_by(spoilt, face[:0]) == doubt


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_face_has_no_number_that_is_none(value: int) -> None:
    blank = np.full((48, 48), value, np.uint8)
    assert all(np.isfinite(measure.of(blank)) for measure in MEASURES.values())
    assert blockiness(blank) == 0
    assert "blurred" in spoilt_by(blank, blank)


def test_strong_compression_is_a_doubt_wherever_its_grid_begins() -> None:
    small = scaled(HER, 0.6)
    for quality, doubted in ((95, False), (6, True)):
        content = io.BytesIO()
        Image.fromarray(small).save(content, "JPEG", quality=quality)
        decoded = np.asarray(Image.open(content).convert("RGB"))
        for photo in (decoded, decoded[3:, 5:], np.rot90(decoded, 2)):
            grey = cv2.cvtColor(np.ascontiguousarray(photo), cv2.COLOR_RGB2GRAY)
            part = grey[30:110, 35:115]
            assert ("strongly compressed" in spoilt_by(scaled(part, 48 / 80), part)) is doubted
    assert blockiness(np.zeros((10, 10), np.uint8)) == 0


def test_a_photo_says_it_before_its_light_is_evened_out() -> None:
    spoilt = photo_of(cv2.GaussianBlur(HER, (0, 0), 9))
    for light in ("none", "equalise"):
        faces = framed_faces(spoilt, FRAME, detector="whole", illumination=light)
        assert faces[0].doubts == ("blurred",)
        assert faces[0].spoilt
    assert not framed_faces(photo_of(HER), FRAME)[0].spoilt


def test_annotated_copies_and_the_benchmark_tell_doubts(face: Picture) -> None:
    from benchmarks.doubts import found, spoil, threshold
    from fer_core.photo.predict import label
    from tests.ui.try_a_face.test_page import answer

    (turned,) = framed_faces(photo_of(np.ascontiguousarray(np.rot90(cv2.GaussianBlur(HER, (0, 0), 6), 2))), FRAME)
    text = label(2, turned, answer(0.6))
    assert text.startswith("2 happy 60%? (turned by 1")
    (upright,) = framed_faces(photo_of(HER), FRAME)
    assert label(1, upright, answer(0.6)) == "1 happy 60%"
    assert found(spoil(face[None], "blur 3.4"))["any"] == 1
    assert found(face[None])["any"] == 0
    values = np.arange(101.0)
    assert threshold(MEASURES["sharpness"], values, 0.05) == 5
    assert threshold(MEASURES["grain"], values, 0.05) == 95
