"""What a visitor has chosen on the page Saliency, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from fer_core.emotions import EMOTIONS
from ui.session.page_choice import PageChoice

METHODS = {
    "saliency": "Saliency",
    "input_x_gradient": "Input × Gradient",
    "integrated_gradients": "Integrated Gradients",
    "smoothgrad": "SmoothGrad",
    "vargrad": "VarGrad",
    "gradient_shap": "GradientSHAP",
    "deep_lift": "DeepLift",
    "deep_lift_shap": "DeepLiftSHAP",
    "guided_backprop": "Guided Backprop",
    "grad_cam": "Grad-CAM",
    "guided_grad_cam": "Guided Grad-CAM",
    "occlusion": "Occlusion",
    "regions": "Regions",
    "lime": "LIME",
    "kernel_shap": "KernelSHAP",
}
"""Names and titles of all methods.  A test holds them, and what is offered of arguments, to the library's registry,
which is not imported here because it needs more packages than the explorer does."""

BASELINES = ("own", "black", "mean_face", "blurred")
SOURCES = ("mean", "test", "photo")
EXPLAINED = ("ensemble", "own", *EMOTIONS)
MEANS = (*EMOTIONS, "all")
ENSEMBLE = "ensemble"
LAST_ROW = 3588
"""Row of the last PrivateTest image."""

LIMITS = {
    "steps": (10, 200),
    "samples": (5, 100),
    "window": (4, 24),
    "stride": (2, 24),
    "noise": (0.02, 0.5),
    "strength": (0.0, 1.0),
    "seed": (0, 9999),
    "row": (0, LAST_ROW),
}
"""What may be asked for: less than the library allows, since strangers' links ask for it too."""


QUERY = {"source": "face", "absolute": "unsigned", "hidden": "hide", "average": "mean_by"}
"""Query parameters that are not called as the field is."""

WORDS = {
    "method": tuple(METHODS),
    "explain": EXPLAINED,
    "against": ("none", *EMOTIONS),
    "source": SOURCES,
    "mean": MEANS,
    "label": ("any", *EMOTIONS),
    "baseline": BASELINES,
    "emotion": EMOTIONS,
    "average": tuple(METHODS),
    "closer": (ENSEMBLE,),
}

PREFIX = "control_saliency_"
SHOWN = f"{PREFIX}shown"
"""The control whose complement is `hidden`."""


@dataclass(frozen=True)
class SaliencyChoice(PageChoice):
    """What is explained, how, and what else the page shows.

    explain : what the ensemble says, what each says itself, or an emotion; against : another emotion, or "none"
    source : where the face comes from; mean : of which emotion; row : of PrivateTest
    label, wrong : which test images the buttons go through; strength : of the colours
    baseline, steps, samples, noise, window, stride, absolute, seed : arguments of methods
    hidden : members whose maps are not shown; closer : whose map is looked at more closely
    emotion, average : of the mean maps, their emotion and method
    """

    PREFIX: ClassVar[str] = PREFIX
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = WORDS
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = LIMITS
    MEMBER: ClassVar[tuple[str, ...]] = ("closer",)
    MEMBERS: ClassVar[tuple[str, ...]] = ("hidden",)
    QUERY: ClassVar[Mapping[str, str]] = QUERY

    method: str = "grad_cam"
    explain: str = EXPLAINED[0]
    against: str = "none"
    source: str = SOURCES[0]
    mean: str = "happy"
    row: int = 0
    label: str = "any"
    wrong: bool = False
    strength: float = 0.7
    baseline: str = BASELINES[0]
    steps: int = 50
    samples: int = 25
    noise: float = 0.1
    window: int = 8
    stride: int = 4
    absolute: bool = True
    seed: int = 0
    hidden: tuple[str, ...] = ()
    closer: str = ENSEMBLE
    emotion: str = "disgust"
    average: str = "grad_cam"

    def tidy(self) -> "SaliencyChoice":
        """Return it without what contradicts itself: a class against itself, strides beyond the window."""
        against = "none" if self.against == self.explain else self.against
        return replace(self, against=against, stride=min(self.stride, self.window))

    def arguments(self, uses: tuple[str, ...]) -> dict[str, Any]:
        """Return the arguments that a method takes, as the library names them."""
        values = {name: getattr(self, name) for name in uses}
        if values.get("baseline") == BASELINES[0]:
            values["baseline"] = None
        return values

    def shown(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """Return the members whose maps are shown, of those that are switched on."""
        return tuple(name for name in members if name not in self.hidden)

    def control_values(self, on: tuple[str, ...]) -> dict[str, object]:
        """Return the value of every control; the members are chosen by which are shown, not by which are hidden."""
        values = super().control_values(on)
        del values[f"{PREFIX}hidden"]
        return values | {SHOWN: list(self.shown(on))}

    def taken(self, state: Mapping[Any, Any], known: tuple[str, ...], on: tuple[str, ...]) -> "SaliencyChoice":
        """Return what the controls now say; a member that is off stays hidden if it was."""
        choice, shown = super().taken(state, known, on), state.get(SHOWN)
        if shown is None:
            return choice
        hidden = tuple(name for name in known if (name not in shown if name in on else name in self.hidden))
        return replace(choice, hidden=hidden)
