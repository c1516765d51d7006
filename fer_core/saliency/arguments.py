"""What methods are asked with, the images that they compare with, and the regions of a face."""

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur  # type: ignore[import-untyped]

from fer_core.artifacts import Artifacts, Frame
from fer_core.emotions import SIDE

REGIONS = ("the rest", "brows", "eyes", "nose", "mouth")
"""Names in the order of the codes 0 to 4."""


def _oval(x0: float, y0: float, across: float, down: float) -> NDArray[np.bool_]:
    """Return the pixels within an ellipse of half axes `across` and `down` around (x0, y0): bool [48,48]."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    inside: NDArray[np.bool_] = ((x - x0) / across) ** 2 + ((y - y0) / down) ** 2 <= 1
    return inside


def face_regions(frame: Frame) -> NDArray[np.int64]:
    """Return the region of each pixel, codes as in `REGIONS`: int64 [48,48].

    Landmarks are medians, and single faces lie a pixel or two beside them, so regions are generous: eyes are 0.52 of
    the distance between them wide, brows begin at the upper edge of the eyes, the nose reaches from between the eyes to
    below its tip, the mouth a quarter beyond its corners.
    """
    left, right, nose, left_corner, right_corner = frame.landmarks
    apart = float(np.hypot(*(right - left)))
    mouth, width = (left_corner + right_corner) / 2, float(np.hypot(*(right_corner - left_corner)))
    bridge = (left + right) / 2
    out = np.zeros((SIDE, SIDE), np.int64)
    middle = (bridge + nose) / 2
    length = float(nose[1] - bridge[1])
    out[_oval(middle[0], middle[1] + 0.14 * apart, 0.24 * apart, length / 2 + 0.22 * apart)] = 3
    out[_oval(mouth[0], mouth[1], 0.75 * width, 0.27 * apart)] = 4
    for eye in (left, right):
        out[_oval(eye[0], eye[1] - 0.30 * apart, 0.36 * apart, 0.20 * apart)] = 1
    for eye in (left, right):
        out[_oval(eye[0], eye[1], 0.30 * apart, 0.17 * apart)] = 2
    return out


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
