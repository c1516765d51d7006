"""What every member of the ensemble is: a module from a 48x48 face to seven logits, preprocessing included."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.emotions import SIDE
from fer_core.recipe import Recipe

PIXEL_MEAN, PIXEL_STD = 0.5077, 0.2551
"""Mean and standard deviation of the pixels of the Training split, in 0..1."""


@dataclass(frozen=True)
class Preprocessing:
    """How a member turns the common 48x48 frame into its own input.

    crop : side in pixels of the square that is cut out of the frame
    size : side in pixels that the cut is resized to (bilinear)
    mean, std : normalisation of the pixels, in 0..1
    window : side in pixels, odd, of the neighbourhood whose mean is taken off each pixel and by whose standard
        deviation it is divided first, which evens out the light of a face; 0 leaves it (LeCun et al. 2010,
        "Convolutional networks and applications in vision").  `mean` and `std` then apply to what results.
    """

    crop: int = 44
    size: int = 44
    mean: float = PIXEL_MEAN
    std: float = PIXEL_STD
    window: int = 0

    def __post_init__(self) -> None:
        """Refuse a crop that the frame does not hold."""
        if not 0 < self.crop <= SIDE:
            raise ValueError(f"crop: expected 1 to {SIDE} pixels, got {self.crop}")
        if self.size < 1 or self.std <= 0:
            raise ValueError(f"size and std: expected positive numbers, got {self.size} and {self.std}")
        if self.window and not (self.window % 2 and 3 <= self.window <= 2 * SIDE - 1):
            raise ValueError(f"window: expected 0 or an odd number from 3 to {2 * SIDE - 1}, got {self.window}")

    def as_dict(self) -> dict[str, float]:
        """Return the fields as the card holds them."""
        return asdict(self)

    def offsets(self) -> Iterator[tuple[int, int]]:
        """Yield the (top, left) corners of the nine crops of test-time augmentation; one if the crop is the frame."""
        room = SIDE - self.crop
        steps = sorted({0, room // 2, room})
        yield from ((top, left) for top in steps for left in steps)


def even_light(images: Tensor, window: int) -> Tensor:
    """Take off each pixel's neighbourhood its mean and divide by its deviation: `[N,1,48,48]` -> the same.

    Beyond the rim nothing counts.  Even neighbourhoods, whose deviation is below a hundredth, keep their contrast.
    """

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, window, stride=1, padding=window // 2, count_include_pad=False)

    centred = images - mean(images)
    return centred / (mean(centred.square()) + 1e-4).sqrt()


class Member(nn.Module):
    """Base of all networks: images `float32 [N,1,48,48]` in 0..1 -> logits `[N,7]`.

    Photos, test images and saliency maps thus share one frame.  A subclass sets `features` (prepared images -> feature
    maps) and `head` (feature maps -> logits), and gives each activation a module of its own, since attribution methods
    that work by hooks are wrong on one that is shared.
    """

    features: nn.Module
    head: nn.Module

    def __init__(self, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.preprocessing = preprocessing

    def prepare(self, images: Tensor, *, offset: tuple[int, int] | None = None, size: int | None = None) -> Tensor:
        """Crop (at the centre, or with its top left corner at `offset`), resize and normalise `[N,1,48,48]`.

        size : side to resize to instead of the member's own, for training that starts small
        """
        if images.ndim != 4 or images.shape[1:] != (1, SIDE, SIDE):
            raise ValueError(f"images: expected shape [N,1,{SIDE},{SIDE}], got {list(images.shape)}")
        p = self.preprocessing
        if p.window:
            images = even_light(images, p.window)
        top, left = offset if offset is not None else ((SIDE - p.crop) // 2,) * 2
        cut = images[:, :, top : top + p.crop, left : left + p.crop]
        side = size or p.size
        if side != p.crop:
            cut = F.interpolate(cut, size=(side, side), mode="bilinear", align_corners=False)
        return ((cut - p.mean) / p.std).contiguous(memory_format=torch.channels_last)

    def forward_features(self, x: Tensor) -> Tensor:
        """Map prepared images `[N,1,size,size]` to the last feature maps `[N,F,h,w]`."""
        maps: Tensor = self.features(x)
        return maps

    def forward_head(self, features: Tensor) -> Tensor:
        """Map feature maps `[N,F,h,w]` to logits `[N,7]`."""
        logits: Tensor = self.head(features)
        return logits

    def forward(self, images: Tensor, *, offset: tuple[int, int] | None = None, size: int | None = None) -> Tensor:
        """Map images `[N,1,48,48]` in 0..1 to logits `[N,7]`; `offset` and `size` as in `prepare`."""
        return self.forward_head(self.forward_features(self.prepare(images, offset=offset, size=size)))


@dataclass(frozen=True)
class MemberSpec:
    """What the file of a member declares, once, for all registries.

    name : by which cards and the command line know it; `fer_core.architectures` says under it where it comes from
    network : builds it from keyword arguments, each with a default
    recipe : how it is trained
    blocks : its modules that are one block whatever is in them, as the page Members draws them: name and detail in
        plain words
    """

    name: str
    network: Callable[..., Member]
    recipe: Recipe
    blocks: Mapping[type[nn.Module], tuple[str, str]] = field(default_factory=dict)
