"""A tiny data set of the real form and tiny networks, for tests of training and what follows it."""

from typing import Any

import numpy as np
import torch
from torch.nn.modules.batchnorm import _BatchNorm

from fer_core.dataset import Dataset
from fer_core.inference import to_tensor
from fer_core.models import Member, build
from fer_core.recipe import Recipe
from fer_core.training.beginning import TrainingData
from fer_core.training.runs import training_data

TINY: dict[str, dict[str, Any]] = {
    "shallow": {"widths": (4, 4), "hidden": 8},
    "deep": {"widths": (4, 4, 4, 4), "hidden": (8, 8)},
    "agrawal": {},
    "mini_xception": {"width": 4},
    "vgg": {"widths": (4, 4, 8, 8)},
    "inception": {"stem": 4, "branches": (4, 4), "depths": (1, 2)},
    "resnet": {"widths": (8, 8), "depths": (1, 1)},
    "densenet": {"growth": 4, "depths": (2, 2), "stem": 8},
    "crnn": {"widths": (4, 4, 4, 4), "units": 4},
}
"""Arguments that make each network quick."""

RECIPE = Recipe(epochs=4, batch=16, precision="float32", mixup=0.2, erase=0.5)


def tiny_dataset(*, train: int = 70, other: int = 21, seed: int = 0) -> Dataset:
    """Make images uint8 [N,48,48] whose brightness tells the class, all classes in all splits."""
    rng = np.random.RandomState(seed)
    sizes = {"Training": train, "PublicTest": other, "PrivateTest": other}
    labels = np.concatenate([np.arange(n) % 7 for n in sizes.values()]).astype(np.int64)
    noise = rng.randint(-10, 10, (len(labels), 48, 48))
    images = np.clip(30 * labels[:, None, None] + 20 + noise, 0, 255).astype(np.uint8)
    usage = np.concatenate([np.full(n, name) for name, n in sizes.items()])
    rows = np.concatenate([np.arange(n) for n in sizes.values()]).astype(np.int64)
    votes = np.zeros((len(labels), 10), np.uint8)
    votes[np.arange(len(labels)), labels] = 10
    return Dataset(images, labels, usage, rows, votes)


def tiny_training_data(*, votes: bool = False) -> TrainingData:
    return training_data(tiny_dataset(), votes=votes)


def opinionated(name: str, *, seed: int = 0) -> Member:
    """Build a tiny network that was never trained and yet gives other probabilities for other faces."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        network = build(name, **TINY[name]).train()
        for module in network.modules():
            if isinstance(module, _BatchNorm):
                module.momentum = None
        blocks = np.random.RandomState(seed).randint(0, 256, (32, 6, 6)).repeat(8, axis=1).repeat(8, axis=2)
        images = to_tensor(blocks.astype(np.uint8))
        network(images)  # norms learn the statistics
        logits = network.eval()(images)
        *_, weight, bias = network.parameters()
        scale = 1.5 / logits.std(dim=0).mean()
        weight *= scale
        bias.copy_((bias - logits.mean(dim=0)) * scale)
    return network
