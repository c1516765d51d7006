"""What methods are asked with, and the images that they compare with."""

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur  # type: ignore[import-untyped]

from fer_core.artifacts import Artifacts
from fer_core.saliency.regions import REGIONS, face_regions

BASELINES = {"black": "black", "mean_face": "the mean face", "blurred": "the same face, blurred"}
"""Images that stand for "nothing to see", by name, and what a person reads for each."""

BLUR = 6.0
"""Standard deviation of the blur in pixels, at which no expression is left to see."""


@dataclass(frozen=True)
class Arguments:
    """Arguments of all methods; each uses those that its entry of `ATTRIBUTIONS` names.

    baseline : a name of `BASELINES`, what is compared with; None for the method's own
    steps : of the path of Integrated Gradients
    samples : noisy copies, or random sets of regions; noise : standard deviation of the noise, in 0..1
    window, stride : side of the square that is covered and how far it moves, in pixels
    absolute : whether the gradient loses its sign
    seed : of all that is drawn
    """

    baseline: str | None = None
    steps: int = 50
    samples: int = 25
    noise: float = 0.1
    window: int = 8
    stride: int = 4
    absolute: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse values that no method can use."""
        if self.baseline is not None and self.baseline not in BASELINES:
            raise ValueError(f"baseline: expected one of {', '.join(BASELINES)}, got {self.baseline!r}")
        for name, low, high in (("steps", 2, 1000), ("samples", 2, 1000), ("window", 1, 48), ("stride", 1, 48)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: expected {low} to {high}, got {getattr(self, name)}")
        if self.stride > self.window:
            raise ValueError(f"stride: expected at most the window, {self.window}, got {self.stride}")
        if not 0 < self.noise <= 1:
            raise ValueError(f"noise: expected more than 0 and at most 1, got {self.noise}")
        if not 0 <= self.seed < 2**32:
            raise ValueError(f"seed: expected 0 to 2**32 - 1, got {self.seed}")


NAMES = tuple(field.name for field in fields(Arguments))


class Surroundings:
    """What methods know besides the network and the image; nothing in it changes.

    mean_faces : float32 [8,1,48,48] in 0..1, the mean Training faces, the one of all images last
    regions : int64 [1,1,48,48], codes of `REGIONS`
    """

    def __init__(self, mean_faces: NDArray[np.uint8], regions: NDArray[np.int64]) -> None:
        if regions.min() < 0 or regions.max() >= len(REGIONS):
            raise ValueError(f"regions: expected codes from 0 to {len(REGIONS) - 1}")
        self.mean_faces = torch.from_numpy(mean_faces.astype(np.float32) / 255)[:, None]
        self.regions = torch.from_numpy(regions.astype(np.int64))[None, None]

    @classmethod
    def of(cls, artifacts: Artifacts) -> "Surroundings":
        """Read them from artifacts; raises ArtifactMissing where these have no frame."""
        return cls(artifacts.mean_faces(), face_regions(artifacts.frame()))

    def baseline(self, name: str, images: Tensor) -> Tensor:
        """Return the baseline of each image: `[N,1,48,48]`."""
        if name == "black":
            return torch.zeros_like(images)
        if name == "mean_face":
            return self.mean_faces[-1:].to(images).expand_as(images).contiguous()
        if name == "blurred":
            blurred: Tensor = gaussian_blur(images, [37, 37], [BLUR, BLUR])
            return blurred
        raise ValueError(f"baseline: expected one of {', '.join(BASELINES)}, got {name!r}")
