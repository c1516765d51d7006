"""Infidelity and sensitivity of maps (Yeh et al. 2019, arXiv 1901.09392)."""

from dataclasses import dataclass

import numpy as np
import torch
from captum.metrics import sensitivity_max
from numpy.typing import NDArray
from torch import Tensor

from fer_core.emotions import SIDE
from fer_core.inference import to_tensor
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.curves import generator
from fer_core.saliency.explainer import ATTRIBUTIONS, Subject, explain, resolved
from fer_core.saliency.score import Tick

SQUARES = 64
SIDES = (6, 20)
"""Sides in pixels of the squares that are covered: from a mouth's height to nearly half the face."""
LEVELS, COPIES = 5, 10
"""Noise of at most so many grey levels of 255 (Captum's radius of 0.02), in so many copies."""
AT_ONCE = 48
ROUNDING = 1e-5
"""A change of a log-probability that rounding alone can make."""


@dataclass(frozen=True, eq=False)
class Covered:
    """What covering squares of images does.

    masks : bool [N,P,48,48], what was covered; light : float32 [N,48,48], by how much the image is lighter than its
    cover; before, after : float64 [N,C] and [N,P,C], centred logits of a member, or log-probabilities of an ensemble
    """

    masks: NDArray[np.bool_]
    light: NDArray[np.float32]
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    def falls(self, direction: NDArray[np.float32], *, logits: bool) -> NDArray[np.float64]:
        """Return by how much the number that a direction [N,C] explains falls: float64 [N,P]."""
        before, after = (
            values if logits else values - np.logaddexp.reduce(values, axis=-1, keepdims=True)
            for values in (self.before[:, None], self.after)
        )
        return np.asarray(((before - after) * direction[:, None]).sum(axis=2))


def cover_of(method: str, arguments: Arguments) -> str:
    """Return the baseline with which squares are covered: the map's own where it has one, else the mean face."""
    own = resolved(ATTRIBUTIONS[method], arguments).baseline
    return own or ("black" if method == "input_x_gradient" else "mean_face")


@torch.no_grad()
def covered(
    subject: Subject,
    images: NDArray[np.uint8],
    cover: str,
    surroundings: Surroundings,
    *,
    squares: int = SQUARES,
    seed: int = 0,
    tick: Tick = lambda images: None,
) -> Covered:
    """Cover random squares of images uint8 [N,48,48]; the same for all methods that share the cover."""
    score = subject.score(logits=subject.combiner is None, tick=tick)
    faces = to_tensor(images)
    covers = surroundings.baseline(cover, faces)
    masks = np.stack([_squares(generator(image, seed + 2), squares) for image in images])

    def said(batch: Tensor) -> Tensor:
        return score.pool(score.logs(batch))

    after = [
        torch.cat(
            [said(torch.where(part, other, face)) for part in torch.split(torch.from_numpy(mask)[:, None], AT_ONCE)]
        )
        for face, other, mask in zip(faces, covers, masks, strict=True)
    ]
    return Covered(
        masks, (faces - covers)[:, 0].numpy(), said(faces).double().numpy(), torch.stack(after).double().numpy()
    )


def _squares(draw: np.random.RandomState, count: int) -> NDArray[np.bool_]:
    """Return squares somewhere in the frame: bool [count,48,48]."""
    sides = draw.randint(SIDES[0], SIDES[1] + 1, count)
    corners = (draw.rand(2, count) * (SIDE - sides + 1)).astype(np.int64)
    at = np.arange(SIDE)
    down, across = ((at >= corner[:, None]) & (at < (corner + sides)[:, None]) for corner in corners)
    return np.asarray(down[:, :, None] & across[:, None, :])


def has_sides(method: str, arguments: Arguments) -> bool:
    """Tell whether values below zero of a method's maps speak against the explained class."""
    entry = ATTRIBUTIONS[method]
    return entry.signed or not resolved(entry, arguments).absolute


def infidelity(
    found: Covered,
    values: NDArray[np.float32],
    method: str,
    *,
    direction: NDArray[np.float32],
    arguments: Arguments | None = None,
) -> NDArray[np.float64]:
    """Return the share, 0 to 1, of what covering squares does to the answer that maps [N,48,48] do not foretell: [N].

    It is Captum's `infidelity(normalize=True)` divided by the mean square of the change, so that members, images and
    methods can be compared, and 1 less the squared cosine between what is foretold and what happens; 1 for a map of
    zeros.  Where a map gives parts, or has no sign, it foretells its sum over the square; a gradient, its product with
    the change of light.  NaN where nothing changes.
    """
    entry = ATTRIBUTIONS[method]
    slope = has_sides(method, arguments or Arguments()) and not entry.parts
    each = values * found.light if slope else values
    foretold = np.einsum("npij,nij->np", found.masks, each.astype(np.float64))
    happened = found.falls(direction, logits=entry.logits)
    own, whole = (foretold**2).mean(axis=1), (happened**2).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        right = np.where(own > 0, (foretold * happened).mean(axis=1) ** 2 / own, 0)
        return np.asarray(1 - right / np.where(whole > ROUNDING**2, whole, np.nan))


def sensitivity(
    subject: Subject,
    image: NDArray[np.uint8],
    method: str,
    surroundings: Surroundings,
    *,
    direction: NDArray[np.float32],
    arguments: Arguments | None = None,
    copies: int = COPIES,
    seed: int = 0,
    tick: Tick = lambda images: None,
) -> float:
    """Return by how much the map of an image uint8 [48,48] changes at most under noise of up to 5 grey levels.

    As a share of the map's length (Captum's `sensitivity_max`); NaN for a map of zeros.
    direction : what is explained, float32 [C]
    """
    draw = generator(image, seed + 3)

    def noisy(batch: Tensor) -> Tensor:
        noise = draw.randint(-LEVELS, LEVELS + 1, batch.shape)
        return (batch + torch.from_numpy(noise)).clamp(0, 255)

    def maps(batch: Tensor) -> Tensor:
        faces, along = batch.numpy().astype(np.uint8), np.tile(direction, (len(batch), 1))
        found = explain(subject, faces, method, surroundings, direction=along, arguments=arguments, tick=tick)
        return torch.from_numpy(found.values)

    def explained(batch: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (first if isinstance(batch, tuple) else maps(batch),)  # a tuple is the image itself

    levels = torch.from_numpy(image[None].astype(np.float32))
    first = maps(levels)
    if not first.any():
        return float("nan")
    # One by one a method draws the same numbers for each copy, so that it is the image alone that differs.
    together = 1 if ATTRIBUTIONS[method].drawn else copies
    found = sensitivity_max(
        explained, levels, perturb_func=noisy, n_perturb_samples=copies, max_examples_per_batch=together
    )
    return float(found[0])
