"""Whether to believe a map: how well it foretells the answer, how steady it is, whether it depends on the weights."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from fer_core.emotions import SIDE
from fer_core.models import Member
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.curves import Curves, curves, seen
from fer_core.saliency.explainer import Subject, explain
from fer_core.saliency.fidelity import cover_of, covered, infidelity, sensitivity
from fer_core.saliency.score import Target, Tick

FACES = 32
"""Made-up faces on which the norms of a shuffled network are fitted again."""
SHUFFLES = 3
"""Orders of the weights; one in which the map is another one is enough to show that it depends on them."""


def shuffled(subject: Subject, surroundings: Surroundings, *, seed: int = 0) -> Subject:
    """Return the same subject with networks of the same weights in another order.  The originals are left alone.

    The entries of each weight tensor change places and lose their mean; vectors (biases, and scales and shifts of
    norms) stay.  Left at that, the members' answers would hardly depend on the face (their logits by 1e-8 to 0.1, for
    1.2 as trained), since running statistics no longer fit: so these are computed again.  And with its mean, each unit
    of a layer would answer to the same sum over its inputs, so that all fall silent together: 30 of 64 PublicTest faces
    then gave `shallow` no gradient at all, without it none.
    """
    return replace(
        subject,
        networks=tuple(_shuffled(net, _faces(surroundings), seed + i) for i, net in enumerate(subject.networks)),
    )


def shuffles(subject: Subject, surroundings: Surroundings) -> list[Subject]:
    """Return the subject shuffled in several ways."""
    return [shuffled(subject, surroundings, seed=1000 * i) for i in range(SHUFFLES)]


@torch.no_grad()
def _shuffled(network: Member, faces: Tensor, seed: int) -> Member:
    out = copy.deepcopy(network)
    draw = torch.Generator().manual_seed(seed)
    for tensor in out.parameters():
        if tensor.ndim > 1:
            flat = tensor.reshape(-1)
            tensor.copy_((flat - flat.mean())[torch.randperm(len(flat), generator=draw)].reshape(tensor.shape))
    norms = [module for module in out.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    out(faces)
    return out.eval()


def _faces(surroundings: Surroundings) -> Tensor:
    """Return the mean faces in other light and with random shades, about as varied as single ones: `[N,1,48,48]`.

    Mean faces as they are differ so little that real ones lie far outside what the norms would then expect.
    """
    draw = np.random.RandomState(0)
    mean = surroundings.mean_faces[torch.arange(FACES) % len(surroundings.mean_faces)].numpy()
    light, contrast = (
        values.reshape(-1, 1, 1, 1) for values in (draw.normal(0.5, 0.12, FACES), draw.uniform(0.8, 2.5, FACES))
    )
    rough = torch.from_numpy(draw.normal(0, 0.15, (FACES, 1, 10, 10)))
    shades = F.interpolate(rough, size=(SIDE, SIDE), mode="bicubic").numpy()
    faces = light + contrast * (mean - mean.mean(axis=(2, 3), keepdims=True)) + shades
    return torch.from_numpy(faces.clip(0, 1).astype(np.float32))


def randomised(
    subject: Subject,
    images: NDArray[np.uint8],
    values: NDArray[np.float32],
    method: str,
    surroundings: Surroundings,
    *,
    direction: NDArray[np.float32],
    arguments: Arguments | None = None,
    others: Sequence[Subject] | None = None,
    tick: Tick = lambda images: None,
) -> NDArray[np.float64]:
    """Return the rank correlation of |map| with |map of the shuffled networks| over the pixels that they see: [N].

    It is the lowest of several shuffles.  NaN where a map is constant.

    values : the subject's maps float32 [N,48,48] of the images; direction : what they explain, float32 [N,C]
    others : what `shuffled` gave with several seeds, where it is there already
    """
    at = seen(subject)
    found = [
        explain(other, images, method, surroundings, direction=direction, arguments=arguments, tick=tick).values
        for other in others or shuffles(subject, surroundings)
    ]
    each = [[spearman(np.abs(a[at]), np.abs(b[at])) for a, b in zip(values, maps, strict=True)] for maps in found]
    return np.asarray(np.fmin.reduce(each))


def spearman(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Return Spearman's rank correlation of two vectors; NaN where one is constant."""
    # Imported here: it takes a second, and most pages never need it.
    from scipy.stats import spearmanr  # type: ignore[import-untyped]

    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")  # SciPy returns the same, with a warning
    return float(spearmanr(first, second).statistic)


__all__ = ["UNCHANGED", "Curves", "Trust", "curves", "infidelity", "randomised", "sensitivity", "trust"]

UNCHANGED = 0.4
"""Rank correlation with the map of shuffled networks from which a map is marked; docs/saliency.md says why."""


@dataclass(frozen=True, eq=False)
class Trust:
    """What one map is worth.

    infidelity : share of what covering squares does that the map fails to predict, 0 to 1; less is better, NaN where
        it does nothing
    sensitivity : largest change of the map under noise of up to 5 grey levels, as a share of the map; less is better,
        NaN for a map of zeros
    curves : insertion and deletion
    randomised : rank correlation with the map of the same networks with shuffled weights, the lowest of three shuffles;
        NaN where a map is constant
    """

    infidelity: float
    sensitivity: float
    curves: Curves
    randomised: float

    @property
    def unchanged(self) -> bool:
        """Whether the map hardly depends on the weights."""
        return self.randomised >= UNCHANGED


def trust(
    subject: Subject,
    image: NDArray[np.uint8],
    method: str,
    surroundings: Surroundings,
    *,
    target: Target | None = None,
    arguments: Arguments | None = None,
    tick: Tick = lambda images: None,
) -> Trust:
    """Return what the map of an image `uint8 [48,48]` is worth; the same each time.  It costs some twenty maps.

    Arguments and errors are those of `explain`.
    """
    images, asked = image[None], arguments or Arguments()
    found = explain(subject, images, method, surroundings, target=target, arguments=asked, tick=tick)
    squares = covered(subject, images, cover_of(method, asked), surroundings, seed=asked.seed, tick=tick)
    along = found.direction
    steady = sensitivity(
        subject, image, method, surroundings, direction=along[0], arguments=asked, seed=asked.seed, tick=tick
    )
    drawn = curves(subject, images, found.values, found.labels, surroundings, seed=asked.seed, tick=tick)
    missed = infidelity(squares, found.values, method, direction=along, arguments=asked)
    kept = randomised(subject, images, found.values, method, surroundings, direction=along, arguments=asked, tick=tick)
    return Trust(float(missed[0]), steady, drawn[0], float(kept[0]))
