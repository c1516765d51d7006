"""Setting faces as FER-2013 frames them: transforms against least squares, and images against themselves."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer_core.emotions import SIDE
from fer_core.photo.face import Face, middle
from fer_core.photo.framing import FINEST, align, placement, plain_box, resample, similarity
from tests.examples import examples
from tests.pictures import HER, scaled
from tests.synthetic import FRAME

QUICK = examples(30)
IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
SHARP = scaled(cv2.cvtColor(HER, cv2.COLOR_RGB2GRAY)[40:180, 50:190], SIDE / 140)
FACE = np.asarray(cv2.GaussianBlur(SHARP, (0, 0), 0.7), dtype=np.uint8)
"""A face as FER-2013 has it, uint8 [48,48], of which enlarging loses little."""


def turn(scale: float, degrees: float, x: float = 0, y: float = 0) -> NDArray[np.float64]:
    """Return a similarity transform float64 [2,3]; positive degrees turn clockwise, as seen."""
    a, b = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    return np.array([[a, -b, x], [b, a, y]])


def apply(transform: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ transform[:, :2].T + transform[:, 2]


def photo_of(image: NDArray[np.uint8], transform: NDArray[np.float64], side: int = 560) -> NDArray[np.uint8]:
    """Return a photo in which an image of the frame stands where a transform from the frame puts it."""
    middles = transform.copy()
    middles[:, 2] += transform[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV counts from the middle of the first pixel
    flags, rim = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, middles, (side, side), flags=flags, borderMode=rim))


def off(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the mean difference in grey levels, and the one that 99% of the pixels stay below."""
    difference = np.abs(image.astype(float) - other)
    return float(difference.mean()), float(np.percentile(difference, 99))


points = st.lists(st.tuples(*[st.floats(-100, 100)] * 2), min_size=2, max_size=7).map(np.array)


@QUICK
@given(points, st.floats(0.01, 50), st.floats(-179, 179), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_a_similarity_is_recovered(source: NDArray[np.float64], scale: float, angle: float, x: float, y: float) -> None:
    assume(source.std(axis=0).max() > 0.1)
    known = turn(scale, angle, x, y)
    np.testing.assert_allclose(similarity(source, apply(known, source)), known, rtol=1e-6, atol=1e-6 * (1 + scale))


@QUICK
@given(st.integers(2, 7), st.integers(0, 10_000))
def test_no_similarity_has_smaller_squares(number: int, seed: int) -> None:
    """Against NumPy's least squares in the four numbers a, b, x and y of u = ax - by + tx, v = bx + ay + ty."""
    source, target = np.random.RandomState(seed).uniform(-50, 50, (2, number, 2))
    rows = [row for x, y in source for row in ((x, -y, 1, 0), (y, x, 0, 1))]
    a, b, x, y = np.linalg.lstsq(np.array(rows), target.ravel(), rcond=None)[0]
    np.testing.assert_allclose(similarity(source, target), [[a, -b, x], [b, a, y]], atol=1e-8)


def test_points_in_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="source: expected points that are not all in one place"):
        similarity(np.ones((5, 2)), FRAME.landmarks)


def test_a_face_that_stands_as_in_the_frame_is_left_as_it_is() -> None:
    assert (resample(FACE, IDENTITY) == FACE).all()
    face = Face((0, 0, 48, 48), "mtcnn", 1.0, FRAME.landmarks)
    np.testing.assert_allclose(placement(face, FRAME), IDENTITY, atol=1e-12)
    assert (align(FACE, face, FRAME) == FACE).all()


@pytest.mark.parametrize("scale", [3, 4.6, 8])
@pytest.mark.parametrize("degrees", [0, 17, -40])
def test_an_enlarged_turned_and_shifted_face_comes_back(scale: float, degrees: float) -> None:
    into = turn(scale, degrees)
    into[:, 2] = 280.3 - into[:, :2] @ (24, 24)
    face = Face((0, 0, 1, 1), "mtcnn", 1.0, apply(into, FRAME.landmarks))
    mean, most = off(align(photo_of(FACE, into), face, FRAME), FACE)
    # A shift by a tenth of the frame's pixel makes it 1.7 and 8, by half a pixel 7.9 and 35.
    assert mean < 1
    assert most <= 4


@pytest.mark.parametrize("degrees", [0, 12, -25])
def test_without_landmarks_the_box_and_the_tilt_place_a_face(degrees: float) -> None:
    """The box of a detector is level whatever the tilt, and of one size: its middle and its side are what counts."""
    into = turn(5, degrees)
    into[:, 2] = 280 - into[:, :2] @ (24, 24)
    left, top, right, bottom = FRAME.boxes["haar"]
    x, y = apply(into, np.array([(left + right) / 2, (top + bottom) / 2]))
    half = 5 * (right - left) / 2, 5 * (bottom - top) / 2
    face = Face((x - half[0], y - half[1], x + half[0], y + half[1]), "haar", tilt=degrees)
    np.testing.assert_allclose(apply(placement(face, FRAME), apply(into, FRAME.landmarks)), FRAME.landmarks, atol=1e-9)
    assert off(align(photo_of(FACE, into), face, FRAME), FACE)[0] < 1
    if degrees:
        assert off(align(photo_of(FACE, into), replace(face, tilt=None), FRAME), FACE)[0] > 5


def test_a_whole_picture_becomes_the_whole_frame() -> None:
    for times in (1, 2, 3):
        large = FACE.repeat(times, axis=0).repeat(times, axis=1)
        assert (align(large, middle(*large.shape[::-1]), FRAME) == FACE).all()
    wide = np.pad(FACE, ((0, 0), (10, 30)))
    wide = np.roll(wide, 10, axis=1)  # her face stands in the middle of 88 columns
    assert (align(wide, middle(88, 48), FRAME) == FACE).all()


def test_each_pixel_of_the_frame_is_the_mean_of_those_it_covers() -> None:
    """Where the photo is finer by a whole number, samples are the photo's own pixels."""
    photo = np.random.RandomState(0).randint(0, 256, (5 * SIDE, 5 * SIDE)).astype(np.uint8)
    means = photo.reshape(SIDE, 5, SIDE, 5).mean(axis=(1, 3))
    assert np.abs(align(photo, middle(5 * SIDE, 5 * SIDE), FRAME) - means).max() <= 0.5


@pytest.mark.parametrize("degrees", [0, 10, 45])
@pytest.mark.parametrize("cell", [1, 2, 3])
def test_what_is_finer_than_the_frame_becomes_grey(cell: int, degrees: float) -> None:
    rows, columns = np.mgrid[:1400, :1400] // cell
    board = np.where((rows + columns) % 2, 255, 0).astype(np.uint8)
    into = turn(1 / 20.3, degrees)
    into[:, 2] = 24 - into[:, :2] @ (700, 700)
    seen = resample(board, into).astype(float)
    assert abs(seen.mean() - 127.5) < 1
    assert np.abs(seen - 127.5).max() < 25
    assert seen.std() < 8


def test_a_face_of_any_size_is_seen() -> None:
    """Beyond FINEST samples a pixel of the frame too."""
    side = SIDE * (FINEST + 12)
    large = np.asarray(cv2.resize(FACE, (side, side), interpolation=cv2.INTER_CUBIC))
    assert off(align(large, middle(side, side), FRAME), FACE)[0] < 1


def test_outside_the_photo_its_rim_goes_on() -> None:
    seen = resample(FACE, turn(1, 0, 10, -7))
    assert (seen[:-7, 10:] == FACE[7:, :-10]).all()
    assert (seen[:-7, :10] == FACE[7:, :1]).all()
    assert (seen[-7:, 10:] == FACE[-1:, :-10]).all()
    far = resample(FACE, turn(1, 0, 500, 500))
    assert (far == FACE[0, 0]).all()
    assert (resample(FACE, turn(1, 0, -500, -500)) == FACE[-1, -1]).all()


@pytest.mark.parametrize("wide", [True, False])
def test_a_long_panorama_is_cut_like_any_photo(wide: bool) -> None:
    """OpenCV itself takes no more than 32,767 columns or rows."""
    panorama = np.random.RandomState(0).randint(0, 256, (60, 40_000)).astype(np.uint8)
    face = Face((39_000, -5, 39_070, 65), "haar", tilt=8.0)
    near = replace(face, box=(100, -5, 170, 65))
    photo, part = panorama, panorama[:, 38_900:]
    if not wide:
        photo, part = panorama.T, panorama.T[38_900:]
        face = replace(face, box=(-5, 39_000, 65, 39_070))
        near = replace(face, box=(-5, 100, 65, 170))
    assert (align(photo, face, FRAME) == align(part, near, FRAME)).all()


def test_a_box_is_stretched_for_comparison() -> None:
    photo = np.zeros((200, 300), np.uint8)
    photo[20:116, 30:174] = FACE.repeat(2, axis=0).repeat(3, axis=1)
    assert off(plain_box(photo, Face((30, 20, 174, 116), "mtcnn")), FACE)[0] < 2


def test_a_photo_is_only_read() -> None:
    photo = scaled(FACE, 3)
    photo.setflags(write=False)
    before = photo.copy()
    assert align(photo, middle(144, 144), FRAME).flags.writeable
    assert (photo == before).all()
