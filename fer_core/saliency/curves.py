"""Insertion and deletion: how the answer changes when pixels are uncovered or covered in the order of a map.

Petsiuk et al. 2018 (arXiv 1806.07421).  Both run between the face and the same face blurred, on which the members say
next to nothing, and only over pixels that they see: whoever counted the rim, which is cropped away, would let each map
that is zero there beat chance by that alone.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fer_core.emotions import EMOTIONS, SIDE
from fer_core.inference import to_tensor
from fer_core.saliency.arguments import Surroundings
from fer_core.saliency.explainer import Subject
from fer_core.saliency.score import Score, Tick

STEPS = 24
"""Into which the pixels are divided."""
ORDERS = 4
"""Random orders that stand for a map that knows nothing."""
AT_ONCE = 48
"""Images that go through a network together."""

Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Probabilities float64 [N,S] while pixels are inserted, and while they are deleted."""


@dataclass(frozen=True, eq=False)
class Curves:
    """The probability of the explained class while pixels change, those of the largest values first.

    shares : float64 [S] from 0 to 1, of the pixels that the networks see, how many were changed
    insertion, deletion : float64 [S]; random_insertion, random_deletion : means over random orders
    """

    shares: NDArray[np.float64]
    insertion: NDArray[np.float64]
    deletion: NDArray[np.float64]
    random_insertion: NDArray[np.float64]
    random_deletion: NDArray[np.float64]

    def _area(self, curve: NDArray[np.float64]) -> float:
        return float(np.trapezoid(curve, self.shares))

    @property
    def insertion_area(self) -> float:
        """The area under the insertion curve; more is better."""
        return self._area(self.insertion)

    @property
    def deletion_area(self) -> float:
        """The area under the deletion curve; less is better."""
        return self._area(self.deletion)

    @property
    def random_insertion_area(self) -> float:
        """The area under the insertion curve of random orders."""
        return self._area(self.random_insertion)

    @property
    def random_deletion_area(self) -> float:
        """The area under the deletion curve of random orders."""
        return self._area(self.random_deletion)

    @property
    def gain(self) -> float:
        """How much more the map parts insertion from deletion than chance does; above 0 it orders pixels better."""
        return (self.insertion_area - self.deletion_area) - (self.random_insertion_area - self.random_deletion_area)


def seen(subject: Subject) -> NDArray[np.bool_]:
    """Return which pixels of the frame any network of a subject sees: bool [48,48]."""
    out = np.zeros((SIDE, SIDE), bool)
    for network in subject.networks:
        crop = network.preprocessing.crop
        before = (SIDE - crop) // 2
        out[before : before + crop, before : before + crop] = True
    return out


def generator(image: NDArray[np.uint8], seed: int) -> np.random.RandomState:
    """Return a generator of random numbers for an image, the same whichever images are looked at beside it."""
    return np.random.RandomState([seed, zlib.crc32(image.tobytes())])


def curves(
    subject: Subject,
    images: NDArray[np.uint8],
    values: NDArray[np.float32],
    labels: NDArray[np.int64],
    surroundings: Surroundings,
    *,
    chance: Pair | None = None,
    steps: int = STEPS,
    seed: int = 0,
    tick: Tick = lambda images: None,
) -> list[Curves]:
    """Return the curves of maps float32 [N,48,48] of images uint8 [N,48,48].

    labels : the class whose probability is looked at, int64 [N]; chance : what `random_curves` gave for the same
    Pixels of one value, of which maps of regions have many, come in a random order.
    """
    at = np.flatnonzero(seen(subject))
    orders = []
    for image, flat in zip(images, values.reshape(len(values), -1)[:, at], strict=True):
        orders.append(at[np.lexsort((generator(image, seed).rand(len(at)), -flat))])
    random = chance or random_curves(subject, images, labels, surroundings, steps=steps, seed=seed, tick=tick)
    found = _curves(subject.score(tick=tick), images, orders, labels, surroundings, steps)
    shares = np.linspace(0, 1, steps + 1)
    return [Curves(shares, *four) for four in zip(*found, *random, strict=True)]


def random_curves(
    subject: Subject,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    surroundings: Surroundings,
    *,
    steps: int = STEPS,
    orders: int = ORDERS,
    seed: int = 0,
    tick: Tick = lambda images: None,
) -> Pair:
    """Return the mean curves of random orders; they depend on no map, so one call serves all methods."""
    at = np.flatnonzero(seen(subject))
    draws = [generator(image, seed + 1) for image in images]
    score = subject.score(tick=tick)
    pairs = [
        _curves(score, images, [draw.permutation(at) for draw in draws], labels, surroundings, steps)
        for _ in range(orders)
    ]
    insertion, deletion = (np.mean(both, axis=0) for both in zip(*pairs, strict=True))
    return insertion, deletion


@torch.no_grad()
def _curves(
    score: Score,
    images: NDArray[np.uint8],
    orders: Sequence[NDArray[np.int64]],
    labels: NDArray[np.int64],
    surroundings: Surroundings,
    steps: int,
) -> Pair:
    """Return the curves for one order of pixels, int64 [K], an image."""
    faces = to_tensor(images)
    blurred = surroundings.baseline("blurred", faces)
    one_hot = torch.eye(len(EMOTIONS))[torch.from_numpy(labels)]
    together = max(1, AT_ONCE // (2 * steps))
    rows: list[Tensor] = []
    for start in range(0, len(faces), together):
        part = slice(start, start + together)
        stages = [_stages(*three, steps) for three in zip(faces[part], blurred[part], orders[part], strict=True)]
        towards = one_hot[part].repeat_interleave(2 * steps, dim=0)
        rows.append(torch.exp(score(torch.cat(stages), towards)).reshape(-1, 2 * steps))
    found = torch.cat(rows).double().numpy() if rows else np.empty((0, 2 * steps))
    insertion = found[:, : steps + 1]
    # Both run between the same two images, the other way round.
    deletion = np.concatenate([insertion[:, -1:], found[:, steps + 1 :], insertion[:, :1]], axis=1)
    return insertion, deletion


def _stages(face: Tensor, blurred: Tensor, order: NDArray[np.int64], steps: int) -> Tensor:
    """Return the steps + 1 images of insertion and the steps - 1 of deletion between its ends: `[2*steps,1,48,48]`."""
    place = np.full(SIDE * SIDE, len(order))
    place[order] = np.arange(len(order))
    counts = np.rint(np.linspace(0, len(order), steps + 1))
    changed = torch.from_numpy(place < counts[:, None]).reshape(-1, 1, SIDE, SIDE)
    return torch.cat([torch.where(changed, face, blurred), torch.where(changed[1:-1], blurred, face)])
