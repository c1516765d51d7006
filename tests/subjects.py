"""Networks of every family as subjects of maps, and faces to make maps of."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from fer_core.models import MODELS, Member, Preprocessing
from fer_core.saliency import ATTRIBUTIONS, Arguments, Subject, Surroundings
from fer_core.saliency.arguments import face_regions
from fer_core.saliency.method import camera_position
from tests.synthetic import FRAME
from tests.tiny import opinionated

QUICK = Arguments(steps=8, samples=6)
WEIGHTS = np.linspace(0.5, 2, 14).reshape(2, 7)
PAIR = ("deep", "densenet")


@pytest.fixture(scope="module")
def networks() -> dict[str, Member]:
    """Networks of every family that others share, as the panel holds them."""
    return {name: opinionated(name).requires_grad_(False) for name in MODELS}


@pytest.fixture(scope="module")
def faces() -> NDArray[np.uint8]:
    blocks = np.random.RandomState(3).randint(0, 256, (3, 12, 12)).astype(np.uint8)
    return blocks.repeat(4, axis=1).repeat(4, axis=2)


@pytest.fixture(scope="module")
def surroundings() -> Surroundings:
    faces = np.random.RandomState(4).randint(90, 160, (8, 48, 48)).astype(np.uint8)
    return Surroundings(faces, face_regions(FRAME))


def member(networks: dict[str, Member], name: str) -> Subject:
    network = networks[name]
    return Subject(name, (name,), (network,), (name,), (camera_position(network),))


def ensemble(
    networks: dict[str, Member], *, combiner: str = "mean_probability", names: tuple[str, ...] = PAIR
) -> Subject:
    weights = WEIGHTS[: len(names)] / WEIGHTS[: len(names)].sum(axis=0)
    chosen = tuple(networks[name] for name in names)
    return Subject("ensemble", names, chosen, names, tuple(map(camera_position, chosen)), weights, combiner)


def served(networks: dict[str, Member]) -> Iterator[tuple[Subject, str]]:
    for method in ATTRIBUTIONS:
        for subject in (*(member(networks, name) for name in networks), ensemble(networks)):
            if subject.why_not(method) is None:
                yield subject, method


def state(network: Member) -> tuple[object, ...]:
    """Return everything that a careless method leaves changed in a network."""
    hooks = tuple(
        len(getattr(module, name))
        for module in network.modules()
        for name in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    )
    attributes = tuple(tuple(sorted(vars(module))) for module in network.modules())
    tensors = tuple(
        (t.data_ptr(), t._version, t.requires_grad, t.grad is None)
        for t in chain(network.parameters(), network.buffers())
    )
    return hooks, attributes, tensors, tuple(module.training for module in network.modules())


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


def along(label: int, images: int = 3) -> NDArray[np.float32]:
    return np.eye(7, dtype=np.float32)[[label] * images]
