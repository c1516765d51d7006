"""Random changes of a batch of images, and damage as photos have it; on the device where the images are.

Each kind hits some images of a batch.  Those that a kind hits share one strength, drawn anew for every batch, but for
noise, which every image has its own of.  `benchmarks/corruptions.py` measures what it helps, with damage made by Pillow
instead.
"""

import io
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F
from torchvision.transforms.v2 import functional as vision  # type: ignore[import-untyped]

from fer_core.models.member import PIXEL_MEAN
from fer_core.recipe import Recipe
from fer_core.training.objective import Targets


def _between(low: float, high: float, generator: torch.Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator, device=generator.device))


def cover(images: Tensor, generator: torch.Generator) -> Tensor:
    """Cover 35 to 55% of each image, from its top, bottom, left or right rim, with one random grey."""
    n, side, device = len(images), images.shape[-1], generator.device
    draw = torch.rand(3, n, generator=generator, device=device)
    depth = ((0.35 + 0.2 * draw[0]) * side).view(n, 1, 1, 1)
    at = torch.arange(side, device=device).float()
    from_near = at.view(1, 1, side, 1) < depth
    from_far = at.view(1, 1, side, 1) >= side - depth
    rim = (draw[1] * 4).long().clamp(max=3).view(n, 1, 1, 1)
    far = torch.where(rim % 2 == 0, from_near, from_far)
    hit = torch.where(rim < 2, far.expand(n, 1, side, side), far.transpose(2, 3).expand(n, 1, side, side))
    return torch.where(hit, draw[2].view(n, 1, 1, 1), images)


def shrink(images: Tensor, generator: torch.Generator) -> Tensor:
    """Reduce to a quarter to three quarters of the side, and enlarge again."""
    side = images.shape[-1]
    small = round(side * _between(0.25, 0.75, generator))
    reduced = F.interpolate(images, size=(small, small), mode="bilinear", antialias=True)
    return F.interpolate(reduced, size=(side, side), mode="bicubic", align_corners=False).clamp(0, 1)


def blur(images: Tensor, generator: torch.Generator) -> Tensor:
    """Blur by a Gaussian of 0.5 to 2 pixels."""
    blurred: Tensor = vision.gaussian_blur(images, kernel_size=[9, 9], sigma=[_between(0.5, 2.0, generator)])
    return blurred


def noise(images: Tensor, generator: torch.Generator) -> Tensor:
    """Add Gaussian noise of a standard deviation of up to 0.1, another for each image."""
    strength = 0.1 * torch.rand(len(images), 1, 1, 1, generator=generator, device=generator.device)
    grain = torch.randn(images.shape, generator=generator, device=generator.device)
    return (images + strength * grain).clamp(0, 1)


def jpeg(images: Tensor, generator: torch.Generator) -> Tensor:
    """Compress as JPEG of quality 8 to 50, and decode again."""
    quality = round(_between(8, 50, generator))
    pixels = (images[:, 0] * 255).round().to(torch.uint8).cpu().numpy()
    decoded = torch.from_numpy(np.stack([_compressed(image, quality) for image in pixels]))
    return decoded.to(images.device).unsqueeze(1).float() / 255


def _compressed(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Take one image `[48,48]` through JPEG in memory; torchvision's own coder is about to be removed."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file, formats=("JPEG",)))


DAMAGES: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "cover": cover,
    "shrink": shrink,
    "blur": blur,
    "noise": noise,
    "jpeg": jpeg,
}
"""Every kind of damage by the name of its probability in a recipe, in the order in which a photo suffers them."""


def corrupt(images: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Damage some images `float32 [N,1,48,48]` in 0..1, each kind with the recipe's probability."""
    for name, damage in DAMAGES.items():
        chance = getattr(recipe, name)
        if not chance:
            continue
        draw = torch.rand(len(images), generator=generator, device=generator.device)
        hit = (draw < chance).nonzero().squeeze(1)
        if len(hit):
            images = images.index_copy(0, hit, damage(images[hit], generator))
    return images


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
