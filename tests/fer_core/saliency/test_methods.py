"""Maps of every method: right by what the method promises."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from fer_core.ensemble.combiners import COMBINERS
from fer_core.inference import to_tensor
from fer_core.models import MODELS, Member
from fer_core.saliency import ATTRIBUTIONS, Arguments, Subject, Surroundings, Target
from fer_core.saliency.arguments import REGIONS, face_regions
from fer_core.saliency.explainer import explain
from fer_core.saliency.method import LEAST_SIDE, camera, camera_position
from fer_core.saliency.propagation import separate_pooling
from fer_core.saliency.score import twin
from tests.subjects import PAIR, QUICK, ensemble, faces, member, networks, state, surroundings
from tests.synthetic import FRAME

__all__ = ["faces", "networks", "surroundings"]
pytestmark = pytest.mark.usefixtures("one_thread")


def test_saliency_is_the_gradient_of_the_log_probability(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, images = member(networks, "resnet"), to_tensor(faces).requires_grad_()
    logs = torch.log_softmax(networks["resnet"](images), dim=1)
    (logs[:, 3] - logs[:, 2]).sum().backward()
    arguments = Arguments(absolute=False)
    found = explain(subject, faces, "saliency", surroundings, target=Target(3, 2), arguments=arguments)
    assert images.grad is not None
    np.testing.assert_allclose(found.values, images.grad[:, 0].numpy(), atol=1e-6)
    np.testing.assert_allclose(found.explained, (logs[:, 3] - logs[:, 2]).detach().numpy(), atol=1e-5)
    unsigned = explain(subject, faces, "saliency", surroundings, target=Target(3, 2))
    np.testing.assert_allclose(unsigned.values, np.abs(found.values))


@pytest.mark.parametrize("combiner", [name for name, entry in COMBINERS.items() if entry.fit is None])
def test_the_ensembles_function_is_the_combiner(
    networks: dict[str, Member], faces: NDArray[np.uint8], combiner: str
) -> None:
    subject = ensemble(networks, combiner=combiner)
    score = subject.score()
    with torch.no_grad():
        logs = score.logs(to_tensor(faces))
        shares = torch.exp(score.pool(logs)).numpy()
    assert subject.weights is not None
    expected = COMBINERS[combiner].combine(logs.double().numpy(), subject.weights).shares
    np.testing.assert_allclose(shares, np.maximum(expected, 0.01) if combiner == "hard_vote" else expected, atol=1e-6)


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "integrated_gradients"])
def test_a_logarithmic_pools_map_is_the_weighted_mean_of_its_members(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings, method: str
) -> None:
    whole = ensemble(networks, combiner="mean_log_probability")
    direction = np.eye(7, dtype=np.float32)[[3, 0, 5]]
    arguments = Arguments(absolute=False)

    def values(subject: Subject) -> NDArray[np.float32]:
        return explain(
            subject, faces, method, surroundings, direction=direction, arguments=arguments, renormalise=False
        ).values

    assert whole.weights is not None
    weights = whole.weights[:, [3, 0, 5], None, None]
    mean = sum(w * values(member(networks, name)) for w, name in zip(weights, PAIR, strict=True))
    assert np.abs(mean).max() > 1e-3
    assert np.abs(values(whole) - mean).max() < 1e-5


def test_an_ensemble_of_one_is_its_member(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    one = ensemble(networks, names=("deep",))
    for method in ("integrated_gradients", "grad_cam", "occlusion", "guided_backprop"):
        alone = explain(member(networks, "deep"), faces, method, surroundings, arguments=QUICK)
        both = explain(one, faces, method, surroundings, arguments=QUICK)
        np.testing.assert_allclose(both.values, alone.values, atol=1e-5, err_msg=method)


def test_integrated_gradients_sum_to_the_difference(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = member(networks, "densenet")
    found = explain(
        subject, faces, "integrated_gradients", surroundings, target=Target(1), arguments=Arguments(steps=200)
    )
    black = explain(subject, np.zeros_like(faces), "saliency", surroundings, target=Target(1))
    assert found.delta is not None
    np.testing.assert_allclose(found.values.sum(axis=(1, 2)), found.explained - black.explained, atol=0.05)
    np.testing.assert_allclose(
        found.values.sum(axis=(1, 2)) - (found.explained - black.explained), found.delta, atol=1e-4
    )


@pytest.mark.parametrize("name", MODELS)
def test_deep_lift_is_offered_where_it_sums_to_the_difference(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings, name: str
) -> None:
    subject, entry = member(networks, name), ATTRIBUTIONS["deep_lift"]
    assert set(entry.unserved) <= set(MODELS)
    open_to_all = replace(entry, unserved={})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ATTRIBUTIONS, "deep_lift", open_to_all)
        found = explain(subject, faces, "deep_lift", surroundings)
    assert found.delta is not None
    off = np.abs(found.delta).max()
    assert off < 1e-4 if name not in entry.unserved else off > 1e-4
    assert (subject.why_not("deep_lift") is None) == (name not in entry.unserved)


def test_networks_with_other_pooling_say_the_same(networks: dict[str, Member], faces: NDArray[np.uint8]) -> None:
    images = to_tensor(faces)
    for name, network in networks.items():
        copy = twin(network)
        separate_pooling(copy)
        with torch.no_grad():
            assert torch.equal(copy(images), network(images)), name
        overlapping = [m for m in copy.modules() if isinstance(m, nn.MaxPool2d) and m.kernel_size != m.stride]
        assert not overlapping
        assert state(network) == state(networks[name])


def test_grad_cam_looks_at_maps_that_can_tell_parts_of_a_face(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    for name, network in networks.items():
        layer = camera(network, camera_position(network)).layer
        sides: list[int] = []
        handle = layer.register_forward_hook(lambda module, inputs, output, sides=sides: sides.append(output.shape[-1]))
        with torch.no_grad():
            network(to_tensor(faces[:1]))
        handle.remove()
        assert sides[0] >= LEAST_SIDE, name
        values = explain(member(networks, name), faces, "grad_cam", surroundings, target=Target(3)).values
        rim = values.copy()
        rim[:, 2:46, 2:46] = 0
        assert not rim.any(), "outside the crop of 44 pixels there is nothing to see"


def test_regions_are_parts_of_the_face_in_frame() -> None:
    regions = face_regions(FRAME)
    names = dict(zip(("left eye", "right eye", "nose", "left corner", "right corner"), FRAME.landmarks, strict=True))

    def at(x: float, y: float) -> str:
        return REGIONS[regions[int(y), int(x)]]

    assert {at(*names["left eye"]), at(*names["right eye"])} == {"eyes"}
    assert at(*names["nose"]) == "nose"
    assert {at(*names["left corner"]), at(*names["right corner"])} == {"mouth"}
    assert at(names["left eye"][0], names["left eye"][1] - 6) == "brows"
    assert at(1, 1) == "the rest"
    assert set(np.unique(regions)) == set(range(len(REGIONS)))


def test_covering_a_region_moves_the_answer_by_what_its_pixels_say(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, regions = member(networks, "deep"), face_regions(FRAME)
    found = explain(subject, faces[:1], "regions", surroundings, target=Target(4))
    mean = np.round(surroundings.mean_faces[-1, 0].numpy() * 255).astype(np.uint8)
    for code in range(len(REGIONS)):
        covered = np.where(regions == code, mean, faces[0])[None]
        fall = found.explained[0] - explain(subject, covered, "saliency", surroundings, target=Target(4)).explained[0]
        np.testing.assert_allclose(found.values[0][regions == code], fall, atol=1e-5)


def test_shapley_values_of_the_regions_sum_to_the_difference(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject, regions = member(networks, "resnet"), face_regions(FRAME)
    arguments = Arguments(samples=60)
    found = explain(subject, faces[:1], "kernel_shap", surroundings, target=Target(2), arguments=arguments)
    mean = np.round(surroundings.mean_faces[-1:, 0].numpy() * 255).astype(np.uint8)
    whole = found.explained - explain(subject, mean, "saliency", surroundings, target=Target(2)).explained
    parts = [found.values[0][regions == code][0] for code in range(len(REGIONS))]
    np.testing.assert_allclose(sum(parts), whole[0], rtol=0.02, atol=1e-3)


def test_random_methods_are_seeded(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = member(networks, "vgg")
    for method, entry in ATTRIBUTIONS.items():
        assert entry.drawn == ("seed" in entry.uses)
        if entry.drawn and "noise" in entry.uses:
            first, same, other = (
                explain(subject, faces[:1], method, surroundings, arguments=replace(QUICK, seed=seed)).values
                for seed in (1, 1, 2)
            )
            assert np.array_equal(first, same)
            assert not np.array_equal(first, other)


def test_the_target_decides_what_is_explained(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = member(networks, "deep")
    found = explain(subject, faces, "saliency", surroundings)
    assert np.array_equal(found.labels, found.probabilities.argmax(axis=1))
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.exp(found.explained), found.probabilities.max(axis=1), atol=1e-6)
    against = Target(None, int(found.labels[0])).direction(np.log(found.probabilities))
    assert against[0].min() == -1
    assert against[0].argmax() == np.argsort(found.probabilities[0])[-2]
