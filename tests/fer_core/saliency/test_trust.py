"""Whether a map can be believed: right where the truth is known, the same each time, and without a trace."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from captum.metrics import infidelity as captums_infidelity
from numpy.typing import NDArray
from torch import Tensor

from fer_core.ensemble import Setting
from fer_core.errors import SaliencyError
from fer_core.inference import to_tensor
from fer_core.saliency import ATTRIBUTIONS, Arguments, Explainer, Subject, Surroundings, Target
from fer_core.saliency.curves import Curves, generator
from fer_core.saliency.explainer import explain
from fer_core.saliency.fidelity import LEVELS, cover_of, covered, has_sides, infidelity, sensitivity
from fer_core.saliency.trust import UNCHANGED, Trust, trust
from tests.subjects import Linear, along
from tests.synthetic import ROSTER

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = Arguments(steps=6, samples=4)


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
