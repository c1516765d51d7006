"""From faces in photos to what the networks see of them, the light on it, and the boxes that people see."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core.photo import framing
from fer_core.photo.copies import COLOUR, annotated
from fer_core.photo.decode import Photo
from fer_core.photo.detect import DETECTORS
from fer_core.photo.face import Face, middle
from fer_core.photo.framing import ILLUMINATIONS, framed_faces
from tests.pictures import HER, Picture, scaled
from tests.synthetic import FRAME

pytestmark = pytest.mark.usefixtures("one_thread")


def test_every_way_to_even_out_light_is_tested_here() -> None:
    assert set(ILLUMINATIONS) == {"none", "equalise", "clahe"}
    applied = {entry.apply for entry in ILLUMINATIONS.values()}
    assert {framing._equalise, framing._clahe} < applied
    for entry in ILLUMINATIONS.values():
        assert entry.title
        assert entry.description.endswith(".")


def test_an_unknown_light_is_named() -> None:
    with pytest.raises(ValueError, match="illumination: expected one of none, equalise, clahe, got 'dark'"):
        framed_faces(photo_of(HER), FRAME, illumination="dark")


def photo_of(rgb: Picture, reduced: int = 1) -> Photo:
    height, width = rgb.shape[:2]
    return Photo(rgb, "her.png", "PNG", (width * reduced, height * reduced), reduced)


@pytest.mark.parametrize("detector", DETECTORS)
def test_faces_are_framed_for_the_networks(detector: str) -> None:
    (seen,) = framed_faces(photo_of(HER, 2), FRAME, detector=detector)
    assert (seen.image.shape, seen.image.dtype) == ((48, 48), np.uint8)
    assert seen.reduced == 2
    assert framed_faces(photo_of(np.zeros((64, 64, 3), np.uint8)), FRAME) == ()
    (even,) = framed_faces(photo_of(HER), FRAME, detector=detector, illumination="equalise")
    assert (even.image == ILLUMINATIONS["equalise"].apply(seen.image)).all()
    if detector == "mtcnn":
        # Her eyes are 44.5 pixels apart and those of the frame 18, so this is the square that it shows.
        by_hand = scaled(photo_of(HER).grey[46:165, 65:184], 48 / 119)
        assert np.corrcoef(seen.image.ravel(), by_hand.ravel())[0, 1] > 0.8


@pytest.mark.parametrize("name", ILLUMINATIONS)
def test_light_is_evened_out(name: str) -> None:
    dark = (np.random.RandomState(0).randint(0, 60, (48, 48)) + 20).astype(np.uint8)
    before = dark.copy()
    apply = ILLUMINATIONS[name].apply
    found = apply(dark)
    assert (found.shape, found.dtype) == ((48, 48), np.uint8)
    assert (dark == before).all()
    assert (apply(np.full((48, 48), 7, np.uint8)).std()) == 0
    if name == "none":
        assert (found == dark).all()
    else:
        assert np.ptp(found.astype(int)) > 1.5 * np.ptp(dark.astype(int))
    if name == "equalise":
        assert (found.min(), found.max()) == (0, 255)


def test_a_numbered_box_is_drawn_on_a_copy() -> None:
    yellow = tuple(int(COLOUR[i : i + 2], 16) for i in (1, 3, 5))
    photo = HER.copy()
    photo.setflags(write=False)

    def is_yellow(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return (pixels == yellow).all(axis=-1)

    drawn = np.asarray(annotated(photo, [Face((60, 80, 160, 200), "haar")], ["1 happy 90%"]))
    assert drawn.shape == HER.shape
    edges = is_yellow(drawn)
    assert edges[80, 60:160].all()
    assert edges[200, 60:160].all()
    assert edges[80:200, 60].all()
    assert edges[80:200, 160].all()
    assert not edges[100:180, 70:150].any()
    assert (drawn[210:] == HER[210:]).all()
    assert edges[60:80, 60:120].mean() > 0.5  # the text's ground, above the box
    assert (np.asarray(annotated(photo, [], [])) == HER).all()
    beyond = [Face((-50, -40, 300, 290), "haar"), Face((240, 240, 400, 400), "haar"), Face((-90, 9, -10, 80), "haar")]
    drawn = np.asarray(annotated(photo, beyond, ["1 " + "surprise " * 9, "2", "3"]))
    assert is_yellow(drawn)[:15].any()
    tiny = np.asarray(annotated(HER[:24, :24].copy(), [middle(24, 24)], ["1 angry 10%"]))
    assert tiny.shape == (24, 24, 3)


def yellow_of(rgb: NDArray[np.uint8], faces: list[Face], texts: list[str]) -> NDArray[np.bool_]:
    colour = tuple(int(COLOUR[i : i + 2], 16) for i in (1, 3, 5))
    return np.asarray((np.asarray(annotated(rgb, faces, texts)) == colour).all(axis=-1))


@pytest.mark.parametrize(("side", "gap"), [(30, 12), (44, 30), (80, 60)])
def test_texts_in_a_crowd_hide_no_face(side: int, gap: int) -> None:
    """Of 29 people in rows: the boxes' lines are all that covers a face."""
    step = side + gap
    corners = [(20 + step * (i % 8), 20 + step * (i // 8)) for i in range(29)]
    faces = [Face((x, y, x + side, y + side), "haar") for x, y in corners]
    photo = np.zeros((4 * step + 60, 8 * step + 60, 3), np.uint8)
    drawn = yellow_of(photo, faces, [f"{i} surprise 85%" for i in range(29)])
    for x, y in corners:
        assert not drawn[y + 3 : y + side - 2, x + 3 : x + side - 2].any()
        beside = drawn[y - gap : y, x : x + side], drawn[y + side + 1 : y + side + gap, x : x + side]
        assert any(part.any() for part in beside)


def test_texts_grow_with_their_face() -> None:
    photo = np.zeros((1000, 1600, 3), np.uint8)
    heights = []
    for side in (60, 200, 600):
        rows = yellow_of(photo, [Face((300, 300, 300 + side, 300 + side), "haar")], ["1 happy 90%"])[:299].any(axis=1)
        heights.append(int(rows.sum()))
    assert heights == sorted(set(heights))
    assert heights[0] < 20
