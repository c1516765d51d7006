"""Random changes of a batch of images, on the device where the images are."""

import torch
from torch import Tensor
from torch.nn import functional as F

from fer_core.models.member import PIXEL_MEAN
from fer_core.training.corrupt import corrupt
from fer_core.training.pupil import Targets
from fer_core.training.recipes import Recipe


def _uniform(n: int, bound: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(n, generator=generator, device=generator.device) * 2 - 1) * bound


def affine(images: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Flip, turn, scale and shift each image of `[N,1,48,48]` at random; what comes in from outside repeats the rim.

    One resampling does all four, so an image is blurred once.
    """
    n = len(images)
    angle = torch.deg2rad(_uniform(n, recipe.rotate, generator))
    zoom = 1 + _uniform(n, recipe.scale, generator)
    shift = torch.stack([_uniform(n, 2 * recipe.shift, generator) for _ in range(2)], dim=1)
    mirror = torch.where(torch.rand(n, generator=generator, device=generator.device) < 0.5, -1.0, 1.0)
    if not recipe.flip:
        mirror = torch.ones_like(mirror)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    matrix = torch.stack([torch.stack([cos * mirror, -sin], 1), torch.stack([sin * mirror, cos], 1)], dim=1)
    theta = torch.cat([matrix, shift.unsqueeze(2)], dim=2)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def light(images: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Change contrast about each image's own mean, then brightness, and cut to 0..1."""
    n = len(images)
    contrast = (1 + _uniform(n, recipe.contrast, generator)).view(n, 1, 1, 1)
    brightness = _uniform(n, recipe.brightness, generator).view(n, 1, 1, 1)
    mean = images.mean(dim=(2, 3), keepdim=True)
    return ((images - mean) * contrast + mean * (1 + brightness)).clamp(0, 1)


def erase(images: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Grey out a rectangle of 2 to 20% of some images, with sides in a ratio of 0.3 to 3.3."""
    n, side, device = len(images), images.shape[-1], generator.device
    draw = torch.rand(5, n, generator=generator, device=device)
    area = (0.02 + 0.18 * draw[0]) * side * side
    ratio = torch.exp((draw[1] * 2 - 1) * 1.2)
    height, width = (area * ratio).sqrt().clamp(1, side), (area / ratio).sqrt().clamp(1, side)
    top, left = draw[2] * (side - height), draw[3] * (side - width)
    at = torch.arange(side, device=device).float()
    rows = (at >= top.unsqueeze(1)) & (at < (top + height).unsqueeze(1))
    columns = (at >= left.unsqueeze(1)) & (at < (left + width).unsqueeze(1))
    hit = rows.unsqueeze(2) & columns.unsqueeze(1) & (draw[4] < recipe.erase).view(n, 1, 1)
    return torch.where(hit.unsqueeze(1), torch.full_like(images, PIXEL_MEAN), images)


def augment(images: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Change a batch as the recipe says: `uint8 [N,1,48,48]` -> `float32 [N,1,48,48]` in 0..1."""
    out = images.float() / 255
    if recipe.flip or recipe.rotate or recipe.scale or recipe.shift:
        out = affine(out, recipe, generator)
    if recipe.brightness or recipe.contrast:
        out = light(out, recipe, generator)
    if recipe.erase:
        out = erase(out, recipe, generator)
    return corrupt(out, recipe, generator)


def mixup(images: Tensor, targets: Targets, alpha: float, generator: torch.Generator) -> tuple[Tensor, Targets]:
    """Blend each image and its targets with another of the batch; one share for the whole batch.

    Beta(alpha, alpha) is drawn as a ratio of two powers (Joehnk 1964), which needs no other generator.
    """
    while True:
        u, v = (torch.rand(2, generator=generator, device=generator.device).double() ** (1 / alpha)).tolist()
        if 0 < u + v <= 1:
            break
    share = u / (u + v)
    other = torch.randperm(len(images), generator=generator, device=generator.device)
    return images * share + images[other] * (1 - share), targets.mixed(other, share)
