"""Insertion and deletion curves: right where the truth is known, and equal pixels in a random order."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core.ensemble import Setting
from fer_core.inference import to_tensor
from fer_core.saliency import Arguments, Explainer, Subject, Surroundings
from fer_core.saliency.curves import Curves, curves, random_curves, seen
from fer_core.saliency.explainer import explain
from tests.subjects import Linear
from tests.synthetic import ROSTER

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = Arguments(steps=6, samples=4)


def test_curves_of_the_right_map_beat_chance_and_of_its_opposite_lose(
    linear: tuple[Subject, Linear], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, network = linear
    blurred = surroundings.baseline("blurred", to_tensor(faces))[:, 0].numpy()
    labels = np.array([2, 2, 5])
    slopes = np.stack([network.slope(np.eye(7, dtype=np.float32)[label]) for label in labels])
    right = (slopes * (faces / 255 - blurred)).astype(np.float32)
    chance = random_curves(subject, faces, labels, surroundings)
    noise = np.random.RandomState(0).randn(3, 48, 48).astype(np.float32)
    good, bad, blind = (
        curves(subject, faces, values, labels, surroundings, chance=chance) for values in (right, -right, noise)
    )
    for one, other, none in zip(good, bad, blind, strict=True):
        assert one.gain > 0.1
        assert other.gain < -0.1
        assert abs(none.gain) < min(one.gain, -other.gain) / 2
        # Inserting what speaks for the class last is deleting it first, seen from the other end.
        np.testing.assert_allclose(other.insertion[::-1], one.deletion, atol=1e-5)
        np.testing.assert_allclose(one.insertion[[0, -1]], one.deletion[[-1, 0]], atol=1e-6)
        assert one.insertion.max() > one.insertion[-1]
        assert one.shares[[0, -1]].tolist() == [0, 1]


def test_curves_end_at_the_face_and_at_its_blur(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, labels = explainer.ensemble(Setting(ROSTER)), np.array([1, 4, 6])
    found = curves(subject, faces, np.zeros((3, 48, 48), np.float32), labels, surroundings, steps=4)
    probabilities = explain(subject, faces, "saliency", surroundings).probabilities
    blurred = np.rint(255 * surroundings.baseline("blurred", to_tensor(faces))[:, 0].numpy()).astype(np.uint8)
    ends = explain(subject, blurred, "saliency", surroundings).probabilities
    for i, (one, label) in enumerate(zip(found, labels, strict=True)):
        assert len(one.shares) == len(one.insertion) == len(one.deletion) == 5
        np.testing.assert_allclose([one.insertion[-1], one.deletion[0]], probabilities[i, label], atol=1e-5)
        np.testing.assert_allclose([one.insertion[0], one.deletion[-1]], ends[i, label], atol=0.01)


def test_pixels_that_no_network_sees_are_not_counted(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = explainer.member("deep")
    rim = np.ones((48, 48), bool)
    rim[2:46, 2:46] = False
    assert np.array_equal(seen(subject), ~rim)
    values = np.random.RandomState(0).randn(3, 48, 48).astype(np.float32)
    labels = np.array([0, 1, 2])
    first = curves(subject, faces, values, labels, surroundings, steps=4)
    second = curves(subject, faces, np.where(rim, 9, values), labels, surroundings, steps=4)
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.insertion, other.insertion)


def test_equal_pixels_come_in_a_random_order(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    """Ordered by their place they would come from the top, and a flat map would do better than chance, or worse."""
    subject, labels = explainer.member("deep"), np.array([0, 1, 2])
    flat = np.ones((3, 48, 48), np.float32)
    by_row = -np.arange(48 * 48, dtype=np.float32).reshape(1, 48, 48).repeat(3, axis=0)
    found, again, rows = (
        curves(subject, faces, values, labels, surroundings, steps=6) for values in (flat, flat, by_row)
    )
    for one, same, other in zip(found, again, rows, strict=True):
        assert np.array_equal(one.insertion, same.insertion)
        assert not np.allclose(one.insertion[1:-1], other.insertion[1:-1], atol=1e-4)


def test_areas_are_under_the_curves_and_the_gain_is_over_chance() -> None:
    shares = np.array([0.0, 0.5, 1.0])
    found = Curves(
        shares,
        np.array([0.0, 1.0, 1.0]),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 0.5, 1.0]),
        np.array([1.0, 0.5, 0.0]),
    )
    assert (found.insertion_area, found.deletion_area) == (0.75, 0.25)
    assert (found.random_insertion_area, found.random_deletion_area) == (0.5, 0.5)
    assert found.gain == 0.5
