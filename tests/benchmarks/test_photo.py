"""The photos that the benchmark makes, and how it tells a face that was found from one that was not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.made_photos import TURNED, compose, make
from benchmarks.photo import compare, displacement, matching, overlap, square
from fer_core.photo.decode import decode
from fer_core.photo.face import Face
from fer_core.photo.framing import resample

GREY = np.full((480, 640, 3), 128, np.float32)


def smooth(seed: int) -> NDArray[np.uint8]:
    """An image uint8 [48,48] without details that enlarging would lose."""
    coarse = np.random.RandomState(seed).uniform(40, 210, (5, 5)).astype(np.float32)
    return np.clip(np.rint(cv2.resize(coarse, (48, 48), interpolation=cv2.INTER_CUBIC)), 0, 255).astype(np.uint8)


def onto(times: float, degrees: float, middle: tuple[float, float] = (320.0, 240.0)) -> NDArray[np.float64]:
    """The transform from the frame to a photo that puts the frame's middle there."""
    a, b = times * np.cos(np.radians(degrees)), times * np.sin(np.radians(degrees))
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, np.array(middle) - turn @ (24.0, 24.0)])


def back(transform: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.invertAffineTransform(transform), dtype=np.float64)


@pytest.mark.parametrize(("times", "degrees"), [(3.0, 0.0), (4.5, -25.0), (8.0, 17.0)])
def test_the_true_transform_gives_the_face_back(times: float, degrees: float) -> None:
    image, there = smooth(1), onto(times, degrees)
    grey = np.rint(compose(image, there, GREY)[..., 0]).astype(np.uint8)
    again = resample(grey, back(there)).astype(int)
    assert np.abs(again - image).max() <= 6
    assert np.abs(again - image).mean() < 1


def test_a_face_fades_into_the_background() -> None:
    photo = compose(np.zeros((48, 48), np.uint8), onto(4.0, 0.0), GREY)[..., 0]
    row = photo[240]
    assert row[320 - 96 + 2] == 0
    assert row[320 - 96 - 44] == 128
    assert np.abs(np.diff(row)).max() < 6


def test_a_photo_depends_on_seed_and_row_alone() -> None:
    first, second = make(smooth(1), seed=0, row=5), make(smooth(2), seed=0, row=5)
    again = make(smooth(1), seed=0, row=5)
    assert again.content == first.content
    assert np.array_equal(again.transform, first.transform)
    assert np.array_equal(second.transform, first.transform)
    for other in (make(smooth(1), seed=1, row=5), make(smooth(1), seed=0, row=6)):
        assert not np.array_equal(other.transform, first.transform)


def test_made_photos_are_as_they_say() -> None:
    for row in range(12):
        image = smooth(row)
        made = make(image, seed=0, row=row)
        photo = decode(made.content)
        height, width = photo.rgb.shape[:2]
        corners = square(made.transform)
        assert corners.min() > -0.6
        assert (corners.max(axis=0) < (width + 0.6, height + 0.6)).all()
        across = corners[1] - corners[0]
        assert np.hypot(*across) == pytest.approx(48 * made.enlarged)
        assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(made.turned)
        assert abs(made.turned) <= TURNED
        seen = resample(photo.grey, made.transform)
        assert np.corrcoef(seen.ravel(), image.ravel())[0, 1] > 0.8


def test_the_face_that_was_put_there_is_the_one_that_overlaps_it() -> None:
    truth = back(onto(4.0, 0.0))
    here = Face((224.0, 144.0, 416.0, 336.0), "haar")
    near = Face((250.0, 144.0, 442.0, 336.0), "haar")
    far = Face((0.0, 0.0, 200.0, 200.0), "haar")
    speck = Face((300.0, 220.0, 330.0, 250.0), "haar")
    assert overlap(here, truth) == pytest.approx(1, abs=1e-3)
    assert overlap(far, truth) == pytest.approx(0, abs=1e-3)
    assert matching([far, near, here, speck], truth) is here
    assert matching([far, near], truth) is near
    assert matching([far, speck], truth) is None
    assert matching([], truth) is None
    assert matching([here], back(onto(4.0, 25.0))) is here


def test_displacement_is_in_pixels_of_the_frame() -> None:
    there = onto(4.0, 10.0)
    moved = back(there)
    assert displacement(moved, back(there)) == pytest.approx(0, abs=1e-9)
    moved[:, 2] += (3.0, 4.0)
    assert displacement(moved, back(there)) == pytest.approx(5)
    assert displacement(back(onto(8.0, 10.0)), back(there)) == pytest.approx(24 * 2**0.5 / 2)


def test_differences_are_in_points_and_their_interval_holds_them() -> None:
    rng = np.random.RandomState(0)
    second = rng.rand(500) < 0.7
    first = second ^ (rng.rand(500) < 0.1)
    found = compare("one", first, second)
    assert found.gain == pytest.approx(100 * (first.mean() - second.mean()))
    assert found.low < found.gain < found.high
    changed = first.astype(int) - second
    drawn = [changed[rng.randint(0, 500, 500)].mean() for _ in range(4000)]
    assert (found.low, found.high) == pytest.approx(100 * np.percentile(drawn, [2.5, 97.5]), abs=0.35)
    same = compare("same", second, second)
    assert (same.gain, same.low, same.high, same.p) == (0, 0, 0, 1)
