"""Whether a map can be believed: right where the truth is known, the same each time, and without a trace."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from captum.metrics import infidelity as captums_infidelity
from numpy.typing import NDArray
from torch import Tensor, nn

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.errors import SaliencyError
from fer_core.inference import to_tensor
from fer_core.models import Member, Preprocessing
from fer_core.saliency import ATTRIBUTIONS, Arguments, Explainer, Subject, Surroundings, Target
from fer_core.saliency.curves import Curves, curves, generator, random_curves, seen
from fer_core.saliency.explainer import explain
from fer_core.saliency.fidelity import LEVELS, cover_of, covered, has_sides, infidelity, sensitivity
from fer_core.saliency.trust import UNCHANGED, Trust, trust
from tests.synthetic import ROSTER

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = Arguments(steps=6, samples=4)


class Linear(Member):
    """A network whose logits are linear in the pixels that it sees, so that the right map is known."""

    def __init__(self) -> None:
        super().__init__(Preprocessing())
        self.features, self.head = nn.Identity(), nn.Sequential(nn.Flatten(), nn.Linear(44 * 44, 7))
        weight = np.random.RandomState(1).randn(7, 44 * 44).astype(np.float32) / 60
        with torch.no_grad():
            self.head[1].weight.copy_(torch.from_numpy(weight))
            self.head[1].bias.zero_()

    def slope(self, direction: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the gradient [48,48] of the centred logits along a direction [C], by hand."""
        weight = self.head[1].weight.detach().numpy()
        inner = direction @ (weight - weight.mean(axis=0)) / self.preprocessing.std
        return np.pad(inner.reshape(44, 44), 2)


@pytest.fixture(scope="module")
def explainer(photo_artifacts: Path) -> Explainer:
    return Explainer(open_artifacts(photo_artifacts))


@pytest.fixture(scope="module")
def surroundings(explainer: Explainer) -> Surroundings:
    return explainer.surroundings


@pytest.fixture(scope="module")
def faces() -> NDArray[np.uint8]:
    blocks = np.random.RandomState(3).randint(0, 256, (3, 12, 12)).astype(np.uint8)
    return blocks.repeat(4, axis=1).repeat(4, axis=2)


@pytest.fixture
def linear() -> tuple[Subject, Linear]:
    network = Linear().eval().requires_grad_(False)
    return Subject("linear", ("linear",), (network,), ("linear",), (0,)), network


def along(label: int, images: int = 3) -> NDArray[np.float32]:
    return np.eye(7, dtype=np.float32)[[label] * images]


def test_the_right_map_of_a_linear_network_foretells_everything(
    linear: tuple[Subject, Linear], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, network = linear
    squares, direction = covered(subject, faces, "black", surroundings), along(2)
    parts = (network.slope(direction[0]) * faces / 255).astype(np.float32)
    np.testing.assert_allclose(infidelity(squares, parts, "deep_lift", direction=direction), 0, atol=1e-6)
    # What counts is the order of sizes, so three times the map is as good.
    np.testing.assert_allclose(infidelity(squares, 3 * parts, "deep_lift", direction=direction), 0, atol=1e-6)
    wrong = parts[:, ::-1].copy()
    assert (infidelity(squares, wrong, "deep_lift", direction=direction) > 0.5).all()
    for other in (1, 6):
        assert (infidelity(squares, parts, "deep_lift", direction=along(other)) > 0.3).all()


def test_a_gradient_is_multiplied_by_the_change_of_light(
    linear: tuple[Subject, Linear], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    """What `guided_backprop` gives is no logarithm's gradient here, so the squares are made small."""
    subject, network = linear
    squares, direction = covered(subject, faces, "mean_face", surroundings), along(2)
    slope = np.broadcast_to(network.slope(direction[0]), (3, 48, 48)).astype(np.float32)
    falls = squares.falls(direction, logits=True)
    foretold = np.einsum("npij,nij->np", squares.masks, slope * squares.light)
    np.testing.assert_allclose(foretold, falls, atol=1e-4)
    assert (infidelity(squares, slope, "smoothgrad", direction=direction) < 0.2).all()
    assert (infidelity(squares, slope, "occlusion", direction=direction) > 0.5).all()


@pytest.mark.parametrize("method", ["integrated_gradients", "smoothgrad", "grad_cam"])
def test_infidelity_is_captums_in_units_of_the_change(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings, method: str
) -> None:
    subject = explainer.member("deep")
    found = explain(subject, faces, method, surroundings, arguments=QUICK)
    cover = cover_of(method, QUICK)
    squares = covered(subject, faces, cover, surroundings, squares=20)
    images = to_tensor(faces)
    covers = surroundings.baseline(cover, images)
    masks = torch.from_numpy(squares.masks).reshape(-1, 1, 48, 48)
    change = (images - covers).repeat_interleave(20, dim=0)

    def perturb(batch: Tensor) -> tuple[Tensor, Tensor]:
        weight = masks.float() if ATTRIBUTIONS[method].parts or method == "grad_cam" else masks * change
        return weight, batch - masks * change

    theirs = captums_infidelity(
        subject.score(),
        perturb,
        images,
        torch.from_numpy(found.values)[:, None],
        additional_forward_args=(torch.from_numpy(found.direction),),
        n_perturb_samples=20,
        normalize=True,
    ).numpy()
    size = (squares.falls(found.direction, logits=False) ** 2).mean(axis=1)
    ours = infidelity(squares, found.values, method, direction=found.direction)
    np.testing.assert_allclose(ours, theirs / size, atol=1e-3)
    assert ((ours > 0) & (ours < 1)).all()


def test_a_map_of_zeros_foretells_nothing_and_a_cover_that_hides_nothing_is_no_question(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, zeros = explainer.member("deep"), np.zeros((3, 48, 48), np.float32)
    squares = covered(subject, faces, "black", surroundings)
    assert (infidelity(squares, zeros, "occlusion", direction=along(3)) == 1).all()
    black = np.zeros((1, 48, 48), np.uint8)
    squares = covered(subject, black, "black", surroundings)
    assert np.isnan(infidelity(squares, zeros[:1] + 1, "occlusion", direction=along(3, 1))).all()


def test_squares_are_covered_as_said(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = explainer.member("agrawal")
    found = covered(subject, faces, "mean_face", surroundings, squares=5)
    for mask in found.masks.reshape(-1, 48, 48):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert mask.sum() == len(rows) * len(columns) == len(rows) ** 2
        assert 6 <= len(rows) <= 20
    mean = np.round(surroundings.mean_faces[-1, 0].numpy() * 255)
    by_hand = np.where(found.masks[1, 4], mean, faces[1]).astype(np.uint8)
    target, direction = Target(5), along(5)
    before, after = (
        explain(subject, image[None], "saliency", surroundings, target=target).explained
        for image in (faces[1], by_hand)
    )
    np.testing.assert_allclose(found.falls(direction, logits=False)[1, 4], before - after, atol=1e-4)
    whole = explainer.ensemble(Setting(ROSTER))
    found = covered(whole, faces, "mean_face", surroundings, squares=5)
    before, after = (
        explain(whole, image[None], "saliency", surroundings, target=target).explained for image in (faces[1], by_hand)
    )
    np.testing.assert_allclose(found.falls(direction, logits=False)[1, 4], before - after, atol=1e-4)


def test_what_is_covered_with_is_the_maps_own_baseline() -> None:
    assert cover_of("integrated_gradients", Arguments()) == "black"
    assert cover_of("integrated_gradients", Arguments(baseline="blurred")) == "blurred"
    assert cover_of("input_x_gradient", Arguments(baseline="blurred")) == "black"
    assert {cover_of(method, Arguments()) for method in ("saliency", "occlusion", "gradient_shap")} == {"mean_face"}
    sides = {method for method in ATTRIBUTIONS if not has_sides(method, Arguments())}
    assert sides == {"saliency", "vargrad", "grad_cam"}
    assert has_sides("saliency", Arguments(absolute=False))
    assert not has_sides("grad_cam", Arguments(absolute=False))


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


def test_sensitivity_is_the_largest_change_under_small_noise(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, direction = explainer.member("shallow"), along(3, 1)[0]
    for method in ("saliency", "smoothgrad"):
        found = sensitivity(
            subject, faces[0], method, surroundings, direction=direction, arguments=QUICK, copies=4, seed=7
        )
        # Drawn for all copies at once or for one after the other, it is the same stream.
        noise = generator(faces[0], 7 + 3).randint(-LEVELS, LEVELS + 1, (4, 1, 48, 48))
        copies = [(faces[0].astype(int) + part).clip(0, 255).astype(np.uint8) for part in noise]

        def one(image: NDArray[np.uint8], method: str = method) -> NDArray[np.float32]:
            return explain(subject, image, method, surroundings, direction=direction[None], arguments=QUICK).values[0]

        own = one(faces[:1])
        changes = [np.linalg.norm(one(copy) - own) / np.linalg.norm(own) for copy in copies]
        assert found == pytest.approx(max(changes), rel=1e-3)
        assert 0 < found < 2


def test_a_flat_map_has_no_sensitivity(
    explainer: Explainer, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = ATTRIBUTIONS["saliency"]
    nothing = replace(entry, run=lambda task: replace(entry.run(task), values=torch.zeros_like(task.images)))
    monkeypatch.setitem(ATTRIBUTIONS, "saliency", nothing)
    image = np.full((48, 48), 90, np.uint8)
    found = trust(explainer.member("deep"), image, "saliency", surroundings)
    assert found.infidelity == 1
    assert np.isnan(found.sensitivity)
    assert np.isnan(found.randomised)
    assert not found.unchanged
    assert np.isfinite(found.curves.gain)


def numbers(found: Trust) -> tuple[float, ...]:
    return found.infidelity, found.sensitivity, found.randomised, found.curves.gain, *found.curves.insertion


def test_every_subject_is_judged_and_the_same_from_many_threads(explainer: Explainer, faces: NDArray[np.uint8]) -> None:
    pair = ("shallow", "deep")
    work = [
        (explainer.member("shallow"), "guided_backprop"),
        (explainer.member("deep"), "smoothgrad"),
        (explainer.ensemble(Setting(pair)), "integrated_gradients"),
        (explainer.ensemble(Setting(pair, combiner="hard_vote")), "regions"),
        (explainer.member("deep"), "deep_lift"),
    ]

    def judge(pair: tuple[Subject, str]) -> tuple[float, ...]:
        return numbers(trust(pair[0], faces[0], pair[1], explainer.surroundings, arguments=QUICK))

    drawn = torch.get_rng_state()
    np.random.seed(5)
    alone = [judge(pair) for pair in work]
    assert torch.equal(torch.get_rng_state(), drawn)
    assert np.random.randint(1000) == np.random.RandomState(5).randint(1000)
    assert np.isfinite(alone).all()
    with ThreadPoolExecutor(len(work)) as pool:
        together = list(pool.map(judge, work))
    assert together == alone


def test_another_target_is_another_question(explainer: Explainer, faces: NDArray[np.uint8]) -> None:
    subject = explainer.member("deep")
    found = trust(subject, faces[0], "saliency", explainer.surroundings, target=Target(2, 5))
    plain = trust(subject, faces[0], "saliency", explainer.surroundings, target=Target(2))
    probability = explain(subject, faces[:1], "saliency", explainer.surroundings).probabilities[0, 2]
    for one in (found, plain):
        assert one.curves.insertion[-1] == pytest.approx(probability, abs=1e-6)
    assert found.infidelity != plain.infidelity


def test_what_cannot_be_judged_is_one_sentence(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings, linear: tuple[Subject, Linear]
) -> None:
    with pytest.raises(SaliencyError, match=r"^DeepLift cannot serve an ensemble"):
        trust(explainer.ensemble(Setting(ROSTER)), faces[0], "deep_lift", surroundings)
    subject, network = linear
    with torch.no_grad():
        network.head[1].weight[0, 0] = float("nan")
    with pytest.raises(SaliencyError, match=r"^linear gives no finite numbers: its weights are damaged\.$"):
        trust(subject, faces[0], "saliency", surroundings)


def test_progress_is_told_and_can_stop_it(explainer: Explainer, faces: NDArray[np.uint8]) -> None:
    subject, told = explainer.member("deep"), []
    trust(subject, faces[0], "saliency", explainer.surroundings, tick=told.append)
    assert 200 < sum(told) < 500

    class Enough(Exception):
        pass

    for at in range(0, len(told), 5):
        left = iter(range(at))

        def stop(images: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Enough

        with pytest.raises(Enough):
            trust(subject, faces[0], "saliency", explainer.surroundings, tick=stop)


def test_a_map_is_marked_from_the_threshold_on() -> None:
    nothing = np.zeros(2)
    shape = Curves(np.array([0.0, 1.0]), nothing, nothing, nothing, nothing)
    assert [Trust(0, 0, shape, value).unchanged for value in (UNCHANGED - 0.01, UNCHANGED, 1.0, float("nan"))] == [
        False, True, True, False,
    ]  # fmt: skip
