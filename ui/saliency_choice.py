"""What a visitor has chosen on the page Saliency, as a link holds it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from fer_core.emotions import EMOTIONS

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


@dataclass(frozen=True)
class SaliencyChoice:
    """What is explained, how, and what else the page shows.

    explain : what the ensemble says, what each says itself, or an emotion; against : another emotion, or "none"
    source : where the face comes from; mean : of which emotion; row : of PrivateTest
    label, wrong : which test images the buttons go through; strength : of the colours
    baseline, steps, samples, noise, window, stride, absolute, seed : arguments of methods
    hidden : members whose maps are not shown; closer : whose map is looked at more closely
    emotion, average : of the mean maps, their emotion and method
    """

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

    def to_query(self) -> dict[str, str]:
        """Return what differs from the default as query parameters."""
        query = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                query[QUERY.get(field.name, field.name)] = _text(value)
        return query

    def tidy(self) -> "SaliencyChoice":
        """Return it without what contradicts itself: a class against itself, strides beyond the window."""
        against = "none" if self.against == self.explain else self.against
        return replace(self, against=against, stride=min(self.stride, self.window))

    def arguments(self, uses: tuple[str, ...]) -> dict[str, object]:
        """Return the arguments that a method takes, as the library names them."""
        values = {name: getattr(self, name) for name in uses}
        if values.get("baseline") == BASELINES[0]:
            values["baseline"] = None
        return values

    def shown(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """Return the members whose maps are shown, of those that are switched on."""
        return tuple(name for name in members if name not in self.hidden)


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
}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _within(name: str, kind: Callable[[str], Any], text: str) -> Any:
    """Read a number; None for what is none, or beyond its limits."""
    low, high = LIMITS[name]
    try:
        value = kind(text) if len(text) <= 10 else math.nan
    except ValueError:
        return None
    return value if low <= value <= high else None


def _read(name: str, default: object, text: str, members: tuple[str, ...]) -> Any:
    """Read one field; None for what means nothing."""
    if name == "hidden":
        asked = set(text.split(","))
        return tuple(member for member in members if member in asked)
    if name == "closer":
        return text if text in (ENSEMBLE, *members) else None
    if name in WORDS:
        return text if text in WORDS[name] else None
    if isinstance(default, bool):
        return {"yes": True, "no": False}.get(text)
    return _within(name, type(default), text)


def from_query(query: Mapping[str, str], members: tuple[str, ...]) -> SaliencyChoice:
    """Read query parameters; what means nothing falls back to the default, silently."""
    found = {
        field.name: _read(field.name, field.default, query[key], members)
        for field in fields(SaliencyChoice)
        if (key := QUERY.get(field.name, field.name)) in query
    }
    return SaliencyChoice(**{name: value for name, value in found.items() if value is not None}).tidy()


PREFIX = "control_saliency_"
SHOWN = f"{PREFIX}shown"
"""The control whose complement is `hidden`."""


def control_values(choice: SaliencyChoice, members: tuple[str, ...]) -> dict[str, object]:
    """Return the value of every control by its widget key; members : those that are switched on."""
    values: dict[str, object] = {f"{PREFIX}{field.name}": getattr(choice, field.name) for field in fields(choice)}
    del values[f"{PREFIX}hidden"]
    return values | {SHOWN: list(choice.shown(members))}


def taken(
    choice: SaliencyChoice, state: Mapping[Any, Any], known: tuple[str, ...], on: tuple[str, ...]
) -> SaliencyChoice:
    """Return what the controls now say; a control that is not drawn, or says nothing, leaves what was chosen before.

    known : all members; on : those that are switched on
    """
    asked = {field.name: state.get(f"{PREFIX}{field.name}") for field in fields(choice)}
    found = {name: value for name, value in asked.items() if value is not None}
    shown = state.get(SHOWN)
    if shown is not None:
        found["hidden"] = tuple(name for name in known if (name not in shown if name in on else name in choice.hidden))
    return replace(choice, **found).tidy()
