"""Detectors, and what they say of a face."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core.photo import haar, mtcnn
from fer_core.photo.detect import DETECTORS, LONGEST, detect
from fer_core.photo.face import Face, tilt_of
from tests.pictures import ASTRONAUT, EYES, HER, MOUTH, Picture, on, scaled, turned

pytestmark = pytest.mark.usefixtures("one_thread")
every_detector = pytest.mark.parametrize("detector", DETECTORS)
LOOKING = ("mtcnn", "haar")
GREY = np.full((800, 800, 3), 128, np.uint8)
BOX = (76.0, 53.0, 168.0, 158.0)
"""About where detectors see her face in HER."""


def overlap(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the intersection over the union of two boxes."""
    (left, top), (right, bottom) = np.maximum(box, other)[:2], np.minimum(box, other)[2:]
    both = max(0.0, right - left) * max(0.0, bottom - top)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)]
    return float(both / (sum(areas) - both))


def shifted(box: tuple[float, ...], factor: float, left: float, top: float) -> tuple[float, ...]:
    return tuple(edge * factor + by for edge, by in zip(box, (left, top, left, top), strict=True))


def test_every_detector_is_tested_here() -> None:
    assert set(DETECTORS) == {*LOOKING, "whole"}
    assert next(iter(DETECTORS)) == "mtcnn"
    for entry in DETECTORS.values():
        assert entry.title
        assert entry.description.endswith(".")


@pytest.mark.parametrize("detector", LOOKING)
def test_her_face_is_found_where_it_is(detector: str) -> None:
    (face,) = detect(HER, detector=detector)
    assert overlap(face.box, BOX) > 0.7
    assert face.detector == detector
    assert face.tilt == pytest.approx(tilt_of(*map(np.array, EYES)), abs=5)
    assert face.doubts(250, 250) == ()


def test_mtcnn_finds_eyes_nose_and_mouth() -> None:
    """Left and right as seen: in a mirror they change their places."""
    (face,), (other,) = detect(HER), detect(np.ascontiguousarray(HER[:, ::-1]))
    assert face.probability is not None
    assert 0.99 < face.probability <= 1
    for marks, eyes in ((face.landmarks, EYES), (other.landmarks, [(250 - x, y) for x, y in EYES[::-1]])):
        assert marks is not None
        assert marks.shape == (5, 2)
        assert np.hypot(*(marks[:2] - eyes).T).max() < 5
    marks = face.landmarks
    assert marks is not None
    assert np.hypot(*(marks[3:].mean(axis=0) - MOUTH)) < 6
    assert marks[0, 0] < marks[2, 0] < marks[1, 0]
    assert marks[3, 0] < marks[4, 0]
    assert marks[:2, 1].max() < marks[2, 1] < marks[3:, 1].min()


def test_haar_has_no_landmarks_and_no_probability_but_counts_windows() -> None:
    (face,) = detect(HER, detector="haar")
    assert face.landmarks is None
    assert face.probability is None
    assert face.turn is None
    assert face.windows is not None
    assert face.windows >= 5


def test_whole_is_the_square_in_the_middle() -> None:
    assert [face.box for face in detect(HER[:100], detector="whole")] == [(75, 0, 175, 100)]
    assert detect(HER[:, 10:20].copy(), detector="whole")[0].box == (0, 120, 10, 130)
    assert detect(HER, detector="whole")[0].doubts(250, 250) == ()


@pytest.mark.parametrize("detector", LOOKING)
def test_several_faces_come_by_size(detector: str) -> None:
    small, large = scaled(HER, 0.8), scaled(HER, 1.4)
    photo = on(on(GREY, small, 20, 20), large, 400, 300)
    faces = detect(photo, detector=detector)
    assert len(faces) == 2
    assert overlap(faces[0].box, shifted(BOX, 1.4, 400, 300)) > 0.6
    assert overlap(faces[1].box, shifted(BOX, 0.8, 20, 20)) > 0.6
    mirrored = detect(np.ascontiguousarray(photo[:, ::-1]), detector=detector)
    assert mirrored[0].side > mirrored[1].side


@pytest.mark.parametrize("degrees", [30, -30])
def test_a_turned_head_is_tilted(degrees: float) -> None:
    (face,) = detect(turned(HER, degrees))
    expected = degrees + tilt_of(*map(np.array, EYES))
    assert face.tilt == pytest.approx(expected, abs=5)
    assert f"tilted by {abs(face.tilt):.0f}°" in face.doubts(250, 250)


def test_the_eyes_tell_haar_the_tilt() -> None:
    (face,) = detect(turned(HER, 12), detector="haar")
    assert face.tilt == pytest.approx(12 + tilt_of(*map(np.array, EYES)), abs=5)


@pytest.mark.parametrize(
    ("eyes", "tilt"),
    [
        ([], None),
        ([(20, 30, 10, 10)], None),
        ([(65, 30, 10, 10), (25, 30, 10, 10)], 0),
        ([(20, 30, 20, 20), (60, 44, 12, 12)], tilt_of(np.array([30, 40]), np.array([66, 50]))),
        ([(20, 30, 10, 10), (65, 30, 10, 10), (65, 55, 10, 10)], 0),  # the most level of two pairs
        ([(20, 5, 10, 10), (60, 50, 10, 10)], None),  # an eye and a nostril
        ([(10, 30, 10, 10), (30, 30, 10, 10)], None),  # both in the left half
        ([(40, 30, 10, 10), (52, 30, 10, 10)], None),  # too close together
    ],
)
def test_a_pair_of_eyes_is_told_from_mistakes(eyes: list[tuple[int, ...]], tilt: float | None) -> None:
    found = haar._tilt(np.array(eyes, dtype=np.float64).reshape(-1, 4), 100)
    assert found == (None if tilt is None else pytest.approx(tilt))


@every_detector
@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_picture_has_no_face(detector: str, value: int) -> None:
    found = detect(np.full((90, 120, 3), value, np.uint8), detector=detector)
    assert [face.box for face in found] == ([(15, 0, 105, 90)] if detector == "whole" else [])


@every_detector
@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("shape", [(24, 2000), (2000, 24), (24, 24), (20, 20), (24, 40_000), (1, 1)])
def test_thin_and_tiny_pictures_are_looked_at(detector: str, shape: tuple[int, int], small: bool) -> None:
    tiles = np.tile(HER, (-(-shape[0] // 250), -(-shape[1] // 250), 1))[: shape[0], : shape[1]]
    for picture in (tiles, np.zeros((*shape, 3), np.uint8)):
        for face in detect(np.ascontiguousarray(picture), detector=detector, small=small):
            assert np.isfinite(face.box).all()
            assert face.doubts(shape[1], shape[0])


@pytest.mark.parametrize(("detector", "factor"), [("mtcnn", 0.25), ("haar", 0.4)])
def test_a_small_face_is_found_on_request(detector: str, factor: float) -> None:
    photo = on(GREY, scaled(HER, factor), 300, 300)
    assert detect(photo, detector=detector) == []
    (face,) = detect(photo, detector=detector, small=True)
    assert overlap(face.box, shifted(BOX, factor, 300, 300)) > 0.5
    assert any(doubt.startswith("small: ") for doubt in face.doubts(800, 800))


@pytest.mark.parametrize("detector", LOOKING)
def test_a_large_photo_is_looked_at_reduced(detector: str) -> None:
    """Boxes and landmarks are in pixels of the photo all the same."""
    factor = 1.5 * LONGEST / 250
    large = on(np.full((2600, 2600, 3), 128, np.uint8), scaled(HER, factor), 100, 150)
    (face,) = detect(large, detector=detector)
    assert overlap(face.box, shifted(BOX, factor, 100, 150)) > 0.6
    if face.landmarks is not None:
        assert np.abs(face.landmarks[:2] - (np.array(EYES) * factor + (100, 150))).max() < 6 * factor


def test_a_cut_off_face_is_flagged() -> None:
    (face,) = detect(np.ascontiguousarray(HER[:, 95:]))
    assert any("cut off" in doubt for doubt in face.doubts(155, 250)) == (face.outside(155, 250) >= 0.1)
    assert Face((-20, 0, 80, 100), "haar").outside(300, 300) == pytest.approx(0.2)
    assert Face((-50, -50, 50, 50), "haar").outside(300, 300) == pytest.approx(0.75)
    assert Face((400, 0, 500, 100), "haar").outside(300, 300) == 1
    assert Face((0, 0, 300, 300), "haar").outside(300, 300) == 0


def marks(aside: float = 0) -> NDArray[np.float64]:
    """Return landmarks of a face with 40 pixels between the eyes and the nose aside."""
    return np.array([[30.0, 40], [70, 40], [50 + aside, 60], [35, 80], [65, 80]])


@pytest.mark.parametrize(
    ("face", "doubts"),
    [
        (Face((0, 0, 100, 100), "mtcnn", 0.99, marks(), 0.0), ()),
        (Face((0, 0, 47, 47), "haar"), ("small: 47 pixels, the networks see 48",)),
        (Face((0, 0, 48, 48), "haar"), ()),
        (Face((0, 0, 30, 70), "haar"), ("small: 46 pixels, the networks see 48",)),
        (Face((0, 0, 100, 100), "haar", tilt=-20.0), ("tilted by 20°",)),
        (Face((0, 0, 100, 100), "haar", tilt=19.9), ()),
        (Face((-12, 0, 98, 100), "haar"), ("cut off by the edge",)),
        (Face((200, 10, 312, 110), "haar"), ("cut off by the edge",)),
        (Face((10, 190, 110, 313), "haar"), ("cut off by the edge",)),
        (Face((-9, 0, 101, 100), "haar"), ()),
        (Face((0, 0, 100, 100), "mtcnn", 0.99, marks(11)), ("from the side",)),
        (Face((0, 0, 100, 100), "mtcnn", 0.99, marks(-11)), ("from the side",)),
        (Face((0, 0, 100, 100), "mtcnn", 0.99, marks(9)), ()),
        (Face((0, 0, 100, 100), "haar", windows=9), ()),
        (Face((0, 0, 100, 100), "haar", windows=8), ("perhaps no face: only 8 windows of the cascade agree",)),
        (Face((0, 0, 100, 100), "haar", tilt=-178.0), ("turned by 178°, answered upright: turn the photo",)),
        (Face((0, 0, 100, 100), "mtcnn", 0.8), ("perhaps no face: the detector is 80% sure",)),
        (
            Face((-40, 0, 0, 40), "mtcnn", 0.7, marks(20), 33.0),
            ("small: 40", "tilted by 33°", "from the side", "cut off", "perhaps no face"),
        ),
    ],
)
def test_what_makes_one_doubt_is_said(face: Face, doubts: tuple[str, ...]) -> None:
    found = face.doubts(300, 300)
    assert len(found) == len(doubts)
    assert all(expected in doubt for expected, doubt in zip(doubts, found, strict=True))


def test_a_turn_is_measured_along_the_eyes() -> None:
    """Turning the picture changes nothing; eyes in one place say nothing."""
    points = marks(12)
    matrix = cv2.getRotationMatrix2D((50, 50), 40, 1.7)
    for seen in (points, points @ matrix[:, :2].T + matrix[:, 2]):
        assert Face((0, 0, 1, 1), "mtcnn", 1.0, seen).turn == pytest.approx(0.3)
    assert Face((0, 0, 1, 1), "mtcnn", 1.0, np.ones((5, 2))).turn is None


def test_batches_find_what_single_pictures_do() -> None:
    pictures = np.stack([HER, np.zeros_like(HER), turned(HER, 20), HER[:, ::-1], np.full_like(HER, 255)])
    batch = mtcnn.find(pictures, smallest=40)
    assert [len(found) for found in batch] == [1, 0, 1, 1, 0]
    for found, picture in zip(batch, pictures, strict=True):
        for face, other in zip(found, mtcnn.find(picture[None], smallest=40)[0], strict=True):
            np.testing.assert_allclose(face.box, other.box, atol=0.5)
    assert [len(found) for found in mtcnn.find(pictures[[1, 4]], smallest=40)] == [0, 0]
    assert mtcnn.find(pictures[:2], smallest=251) == [[], []]


@every_detector
def test_threads_find_what_one_does(detector: str) -> None:
    pictures = [turned(scaled(HER, 0.7), degrees) for degrees in (0, 5, -5, 8)] * 3
    mtcnn._load.cache_clear()

    def boxes(picture: Picture) -> list[tuple[float, ...]]:
        return [face.box for face in detect(picture, detector=detector)]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(boxes, pictures))
    assert together == [boxes(picture) for picture in pictures[:4]] * 3
    assert all(len(found) == 1 for found in together)


@every_detector
def test_a_photo_is_only_read(detector: str) -> None:
    photo = HER.copy()
    photo.setflags(write=False)
    assert len(detect(photo, detector=detector)) == 1
    assert (photo == HER).all()


def test_misuse_names_the_argument() -> None:
    with pytest.raises(ValueError, match="detector: expected one of mtcnn, haar, whole, got 'dlib'"):
        detect(HER, detector="dlib")
    for wrong in (HER[..., 0], HER.astype(np.float32), HER[..., :2]):
        with pytest.raises(ValueError, match=r"rgb: expected uint8 \[H,W,3\]"):
            detect(wrong)  # type: ignore[arg-type]


def test_the_astronaut_is_one_face() -> None:
    """A whole photo of usual size, with a flag and a shuttle that are no faces."""
    (face,) = detect(ASTRONAUT)
    assert overlap(face.box, shifted(BOX, 1, 100, 10)) > 0.7
