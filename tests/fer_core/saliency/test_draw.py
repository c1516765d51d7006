"""Maps over faces: colours say for, against and how much, on one scale."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fer_core.saliency.draw import AGAINST, AMOUNT, COLUMNS, ENLARGE, FOR, common_scale, overlay, sheet

GREY = np.full((48, 48), 100, np.uint8)


def one(value: float) -> NDArray[np.float32]:
    values = np.zeros((48, 48), np.float32)
    values[5, 7] = value
    return values


def test_a_map_of_zeros_leaves_the_face() -> None:
    for signed in (True, False):
        picture = overlay(GREY, one(0), scale=1, signed=signed, enlarge=1)
        assert picture.shape == (48, 48, 3)
        assert picture.dtype == np.uint8
        assert (picture == 100).all()


@pytest.mark.parametrize(
    ("value", "signed", "colour"),
    [(2.0, True, FOR), (-2.0, True, AGAINST), (2.0, False, AMOUNT), (-2.0, False, None), (1.0, True, None)],
)
def test_colours_say_what_speaks_for_and_against(value: float, signed: bool, colour: tuple[int, ...] | None) -> None:
    """At the scale and beyond, the colour has its whole strength; half-way, half of it; "against" needs sides."""
    picture = overlay(GREY, one(value), scale=2 if value == 1 else 1, signed=signed, strength=0.5, enlarge=1)
    face = np.array((100, 100, 100))
    expected = (face + colour) / 2 if colour else face
    if value == 1:
        expected = 0.75 * face + 0.25 * np.array(FOR)
    np.testing.assert_allclose(picture[5, 7], expected, atol=0.51)
    picture[5, 7] = 100
    assert (picture == 100).all(), "no other pixel is coloured"


def test_pixels_are_enlarged_as_they_are() -> None:
    small, large = (overlay(GREY, one(1), scale=1, signed=True, enlarge=side) for side in (1, 4))
    assert large.shape == (192, 192, 3)
    assert np.array_equal(large[::4, ::4], small)
    assert np.array_equal(large[3::4, 3::4], small)


def test_without_strength_only_the_face_is_left() -> None:
    face = np.random.RandomState(0).randint(0, 256, (48, 48)).astype(np.uint8)
    noise = np.random.RandomState(1).randn(48, 48).astype(np.float32)
    assert (overlay(face, noise, scale=1, signed=True, strength=0, enlarge=1) == face[..., None]).all()


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"scale": 0.0}, "scale"), ({"scale": float("nan")}, "scale"), ({"strength": 1.5}, "strength")],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, float], word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word}: expected"):
        overlay(GREY, one(1), **({"scale": 1.0, "signed": True} | changes))
    with pytest.raises(ValueError, match=r"^values: expected"):
        overlay(GREY, np.zeros((40, 48), np.float32), scale=1, signed=True)


def test_the_scale_is_common_and_never_zero() -> None:
    assert common_scale(np.zeros((3, 48, 48), np.float32)) == 1
    assert common_scale(np.zeros((0, 48, 48), np.float32)) == 1
    assert common_scale(np.stack([one(0), one(-0.5)])) == 0.5
    maps = np.linspace(-1, 1, 3 * 48 * 48).reshape(3, 48, 48).astype(np.float32)
    assert common_scale(maps) == pytest.approx(0.99, abs=0.001)
    assert common_scale(10 * maps) == pytest.approx(9.9, abs=0.01)


def test_a_sheet_shows_the_face_and_every_map_under_its_title() -> None:
    maps = np.stack([one(1), one(-1), one(0)])
    picture = np.asarray(sheet(GREY, ["a\nhappy 90%", "b", "c"], maps, scale=1, signed=True))
    side = 48 * ENLARGE
    tiles = [overlay(GREY, values, scale=1, signed=True) for values in (one(0), *maps)]
    found = []
    for tile in tiles:
        places = [
            x for x in range(picture.shape[1] - side + 1) if np.array_equal(picture[52 : 52 + side, x : x + side], tile)
        ]
        found.append(places)
    assert [len(places) for places in found] == [2, 1, 1, 2], "a map of zeros looks like the face"
    assert found[0][0] < found[1][0] < found[2][0] < found[0][1]
    other = np.asarray(sheet(GREY, ["x\nhappy 90%", "b", "c"], maps, scale=1, signed=True))
    assert (picture != other).any(), "titles are drawn"


def test_many_maps_begin_new_rows_and_the_legend_tells_the_ends() -> None:
    maps = np.stack([one(1)] * 9)
    many = sheet(GREY, ["x"] * 9, maps, scale=1, signed=True)
    few = sheet(GREY, ["x"] * 5, maps[:5], scale=1, signed=True)
    assert many.width == few.width == COLUMNS * 48 * ENLARGE + 12 * (COLUMNS + 1)
    assert many.height > 1.8 * few.height
    assert isinstance(few, Image.Image)

    def legend(picture: Image.Image) -> NDArray[np.uint8]:
        return np.asarray(picture)[-35:]

    signed, unsigned = (legend(sheet(GREY, ["x"], maps[:1], scale=1, signed=sides)) for sides in (True, False))
    blue = signed.astype(int)[..., 2] - signed[..., 0]
    assert blue.max() > 60
    assert (unsigned.astype(int)[..., 2] - unsigned[..., 0]).max() <= 0
    with pytest.raises(ValueError, match=r"^titles: expected one for each of 2"):
        sheet(GREY, ["x"], maps[:2], scale=1, signed=True)
