"""Which feature maps Grad-CAM looks at, and how they lie over the image."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.emotions import SIDE
from fer_core.models import Member, Preprocessing

LEAST_SIDE = 5
"""Maps of fewer pixels a side cannot tell an eye from a mouth."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A layer of a network, and the preprocessing that says which part of the frame its maps cover."""

    layer: nn.Module
    preprocessing: Preprocessing

    def over_image(self, maps: Tensor) -> Tensor:
        """Enlarge maps `[N,1,h,w]` to the crop that they were made of, and set it into the frame: `[N,1,48,48]`."""
        crop = self.preprocessing.crop
        before = (SIDE - crop) // 2
        large = F.interpolate(maps, size=(crop, crop), mode="bilinear", align_corners=False)
        return F.pad(large, (before, SIDE - crop - before) * 2)


@torch.no_grad()
def camera_position(network: Member) -> int:
    """Return which child of `features` Grad-CAM looks at: the last whose maps have at least 5x5 pixels."""
    assert isinstance(network.features, nn.Sequential)
    x = network.prepare(torch.zeros(1, 1, SIDE, SIDE, device=next(network.parameters()).device))
    found = 0
    for position, child in enumerate(network.features):
        x = child(x)
        if x.shape[-1] >= LEAST_SIDE:
            found = position
    return found


def camera(network: Member, position: int) -> Camera:
    """Return the camera of a network at a child of its `features`."""
    assert isinstance(network.features, nn.Sequential)
    return Camera(network.features[position], network.preprocessing)
