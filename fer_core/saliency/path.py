"""The way of Integrated Gradients from the baseline to the face, as frames."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fer_core.errors import SaliencyError
from fer_core.inference import to_tensor
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.explainer import ATTRIBUTIONS, Subject, outputs, resolved
from fer_core.saliency.gradients import AT_ONCE
from fer_core.saliency.score import Target, Tick

METHOD = "integrated_gradients"


@dataclass(frozen=True, eq=False)
class Path:
    """F frames from the baseline to the face.

    shares : how far each is on the way, float64 [F], 0 to 1; images : float32 [F,48,48] in 0..1
    maps : what the pixels have added up to there, float32 [F,48,48], zero first, Integrated Gradients last
    numbers : the explained number of each image, float64 [F]; direction : float32 [C]
    """

    shares: NDArray[np.float64]
    images: NDArray[np.float32]
    maps: NDArray[np.float32]
    numbers: NDArray[np.float64]
    direction: NDArray[np.float32]


def path(
    subject: Subject,
    image: NDArray[np.uint8],
    surroundings: Surroundings,
    *,
    target: Target | None = None,
    arguments: Arguments | None = None,
    frames: int = 11,
    tick: Tick = lambda images: None,
) -> Path:
    """Follow the path for an image `uint8 [48,48]`.

    The sum over the first k nodes of a Gauss quadrature is an integral up to a point between the nodes k and k+1, which
    is the sum of the first k weights; frames stand at such points, so that maps and numbers belong together.

    frames : how many, at least 2; fewer where few steps let no more stand at about even distances
    tick : as for `Explainer.explain`, which raises the same errors
    """
    entry = ATTRIBUTIONS[METHOD]
    steps = resolved(entry, arguments or Arguments())
    if frames < 2:
        raise ValueError(f"frames: expected at least 2, got {frames}")
    if reason := subject.why_not(METHOD):
        raise SaliencyError(reason)
    face = to_tensor(image[None])
    assert steps.baseline is not None
    baseline = surroundings.baseline(steps.baseline, face)
    along = torch.from_numpy((target or Target()).direction(outputs(subject, face)))
    score = subject.score(tick=tick)
    nodes, weights = np.polynomial.legendre.leggauss(steps.steps)
    at = torch.from_numpy(((1 + nodes) / 2).astype(np.float32))[:, None, None, None]
    gradients: list[Tensor] = []
    for start in range(0, steps.steps, AT_ONCE):
        points = (baseline + at[start : start + AT_ONCE] * (face - baseline)).requires_grad_()
        gradients += torch.autograd.grad(score(points, along.expand(len(points), -1)).sum(), points)
    sums = (torch.cat(gradients) * torch.from_numpy(weights / 2)[:, None, None, None]).cumsum(dim=0)
    sums = torch.cat([torch.zeros_like(sums[:1]), sums]) * (face - baseline)
    if not torch.isfinite(sums).all():
        raise SaliencyError(f"{entry.title} gives no finite numbers for {subject.name}.")
    reached = np.concatenate([[0.0], np.cumsum(weights / 2)])
    taken = np.unique(np.abs(reached - np.linspace(0, 1, frames)[:, None]).argmin(axis=1))
    shares = reached[taken]
    images = baseline + torch.from_numpy(shares.astype(np.float32))[:, None, None, None] * (face - baseline)
    with torch.no_grad():
        numbers = score(images, along.expand(len(images), -1)).double().numpy()
    return Path(shares, images[:, 0].numpy(), sums[taken, 0].float().numpy(), numbers, along[0].numpy())
