"""What every method is: an entry that says what it measures and costs, a function, and the maps Grad-CAM looks at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.emotions import SIDE
from fer_core.models import Member, Preprocessing
from fer_core.saliency.arguments import NAMES, Arguments, Surroundings
from fer_core.saliency.score import Score

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


@dataclass(frozen=True, eq=False)
class Task:
    """One call of a method.

    score : what is explained, around copies that this call alone uses; images `[N,1,48,48]`; direction `[N,C]`
    cameras : for each network of the score, the layer that Grad-CAM looks at
    """

    score: Score
    images: Tensor
    direction: Tensor
    arguments: Arguments
    surroundings: Surroundings
    cameras: tuple[Camera, ...] = ()

    @property
    def baselines(self) -> Tensor:
        """The baseline of each image `[N,1,48,48]`."""
        if self.arguments.baseline is None:
            raise ValueError("baseline: expected a name, got None")
        return self.surroundings.baseline(self.arguments.baseline, self.images)


@dataclass(frozen=True, eq=False)
class Found:
    """Values `[N,1,48,48]`, and where the method promises a sum, how far it is off it `[N]`."""

    values: Tensor
    delta: Tensor | None = None


@dataclass(frozen=True)
class Attribution:
    """One method.

    title : what a person reads; measures : one sentence; paper, arxiv : where it comes from
    run : the method; passes : images that one map sends through each network, forward and (where `gradient`) back
    uses : arguments that it takes; baseline : its own, where it takes one
    signed : whether values below zero mean "against"
    parts : whether values are shares of the explained number, so that they are multiplied by the image already
    logits : explains centred logits in place of log-probabilities
    gradient : needs one, so that a hard vote cannot be explained
    drawn : draws random numbers
    unserved : why not, by architecture; ensemble : why an ensemble cannot be explained, empty where it can
    """

    title: str
    measures: str
    paper: str
    arxiv: str
    run: Callable[[Task], Found]
    passes: Callable[[Arguments], int]
    uses: tuple[str, ...] = ()
    baseline: str = ""
    signed: bool = True
    parts: bool = False
    logits: bool = False
    gradient: bool = True
    drawn: bool = False
    unserved: Mapping[str, str] = field(default_factory=dict)
    ensemble: str = ""

    def __post_init__(self) -> None:
        """Refuse arguments that do not exist."""
        if unknown := set(self.uses) - set(NAMES):
            raise ValueError(f"uses: expected some of {', '.join(NAMES)}, got {', '.join(sorted(unknown))}")

    def cost(self, arguments: Arguments) -> str:
        """Say what one map costs."""
        passes = self.passes(arguments)
        back = " and back" if self.gradient else ""
        return f"{passes} {'image' if passes == 1 else 'images'} through each network{back}"
