"""What every method is: an entry that says what it measures and what it costs, and a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

from fer_core.saliency.arguments import NAMES, Arguments, Surroundings
from fer_core.saliency.cam_layer import Camera
from fer_core.saliency.score import Score


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
