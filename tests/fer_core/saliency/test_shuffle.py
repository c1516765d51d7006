"""Networks with shuffled weights: still alive, their originals untouched, and what does not notice them is marked."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from fer_core.ensemble import Setting
from fer_core.inference import to_tensor
from fer_core.models import MODELS, Member
from fer_core.saliency import ATTRIBUTIONS, Explainer, Subject, Surroundings, Target
from fer_core.saliency.explainer import explain
from fer_core.saliency.method import Found, Task, camera_position
from fer_core.saliency.trust import SHUFFLES, UNCHANGED, randomised, shuffled, shuffles, spearman, trust
from tests.synthetic import ROSTER
from tests.tiny import opinionated

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def faces() -> NDArray[np.uint8]:
    blocks = np.random.RandomState(3).randint(0, 256, (12, 12, 12)).astype(np.uint8)
    return blocks.repeat(4, axis=1).repeat(4, axis=2)


def tensors(network: Member) -> dict[str, torch.Tensor]:
    return dict(chain(network.named_parameters(), network.named_buffers()))


@pytest.mark.parametrize("name", MODELS)
def test_a_shuffled_network_has_the_same_weights_elsewhere_and_still_sees_faces(
    surroundings: Surroundings, faces: NDArray[np.uint8], name: str
) -> None:
    network = opinionated(name).requires_grad_(False)
    subject = Subject(name, (name,), (network,), (name,), (camera_position(network),))
    before = {key: tensor.clone() for key, tensor in tensors(network).items()}
    other = shuffled(subject, surroundings)
    after = other.networks[0]
    for key, tensor in tensors(network).items():
        assert torch.equal(tensor, before[key]), key
        mine = tensors(after)[key]
        assert mine.data_ptr() != tensor.data_ptr(), key
        if key in dict(network.named_parameters()) and tensor.ndim > 1:
            kept = (tensor - tensor.mean()).flatten().sort().values
            np.testing.assert_allclose(mine.flatten().sort().values, kept, atol=1e-5, err_msg=key)
            assert tensor.numel() < 8 or not torch.allclose(mine, tensor - tensor.mean()), key
    assert not network.training
    assert not any(module.training for module in after.modules())
    images = to_tensor(faces).requires_grad_()
    logs = torch.log_softmax(after(images), dim=1)
    assert torch.isfinite(logs).all()
    assert logs.std(dim=0).mean() > 1e-2, "the answer depends on the face"
    (slope,) = torch.autograd.grad(logs[:, 3].sum(), images)
    assert (slope.abs().amax(dim=(1, 2, 3)) > 0).float().mean() > 0.7


def test_seeds_give_other_orders_and_one_seed_the_same(explainer: Explainer, surroundings: Surroundings) -> None:
    subject = explainer.ensemble(Setting(ROSTER))
    first, same, other = (shuffled(subject, surroundings, seed=seed) for seed in (1, 1, 2))
    for one, two, three in zip(first.networks, same.networks, other.networks, strict=True):
        assert all(torch.equal(tensor, tensors(two)[key]) for key, tensor in tensors(one).items())
        assert any(not torch.equal(tensor, tensors(three)[key]) for key, tensor in tensors(one).items())
    assert len(shuffles(subject, surroundings)) == SHUFFLES
    assert (first.members, first.combiner) == (subject.members, subject.combiner)


def test_a_method_that_does_not_look_at_the_network_is_marked(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that draws the picture's edges, whatever the weights are."""

    def edges(task: Task) -> Found:
        images = task.images.detach()
        return Found(images - images.roll(1, dims=3))

    monkeypatch.setitem(ATTRIBUTIONS, "saliency", replace(ATTRIBUTIONS["saliency"], run=edges))
    found = trust(explainer.member("deep"), faces[0], "saliency", surroundings)
    assert found.randomised == pytest.approx(1)
    assert found.unchanged


def test_a_gradient_is_not_marked(explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings) -> None:
    for subject in (explainer.member("deep"), explainer.member("shallow"), explainer.ensemble(Setting(ROSTER))):
        found = explain(subject, faces[:4], "saliency", surroundings, target=Target(3))
        kept = randomised(subject, faces[:4], found.values, "saliency", surroundings, direction=found.direction)
        assert kept.shape == (4,)
        assert (kept < UNCHANGED).all(), subject.name


def test_it_is_the_lowest_of_the_shuffles_over_what_the_network_sees(
    explainer: Explainer, faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = explainer.member("deep")
    found = explain(subject, faces[:2], "saliency", surroundings, target=Target(3))
    asked = {"method": "saliency", "surroundings": surroundings, "direction": found.direction}
    alone = [
        randomised(subject, faces[:2], found.values, others=[other], **asked)  # type: ignore[arg-type]
        for other in shuffles(subject, surroundings)
    ]
    together = randomised(subject, faces[:2], found.values, **asked)  # type: ignore[arg-type]
    assert np.array_equal(together, np.min(alone, axis=0))
    other = shuffled(subject, surroundings)
    theirs = explain(other, faces[:2], "saliency", surroundings, direction=found.direction).values
    inside = slice(2, 46)
    by_hand = spearmanr(found.values[0][inside, inside].ravel(), theirs[0][inside, inside].ravel()).statistic
    assert alone[0][0] == pytest.approx(by_hand, abs=1e-9)
    zeros = np.zeros_like(found.values)
    assert np.isnan(randomised(subject, faces[:2], zeros, **asked)).all()  # type: ignore[arg-type]


def test_rank_correlation_shares_ranks_among_equal_values() -> None:
    assert spearman(np.array([1.0, 2.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.2, 0.3])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])) == pytest.approx(0.5)
    assert np.isnan(spearman(np.ones(5), np.arange(5.0)))
    assert np.isnan(spearman(np.arange(5.0), np.ones(5)))
