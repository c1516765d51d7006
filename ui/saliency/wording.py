"""What maps show, in plain words."""

from typing import TYPE_CHECKING

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Setting
from fer_core.format import percent
from ui.kit.answers import agreement

if TYPE_CHECKING:
    from fer_core.saliency import Map


PARTS = "what a pixel adds to {number}"
UNITS = {
    "saliency": "change of {number} per change of a pixel from black to white",
    "input_x_gradient": PARTS,
    "integrated_gradients": PARTS,
    "smoothgrad": "change of {number} per change of a pixel from black to white",
    "vargrad": "variance of the gradient of {number}",
    "gradient_shap": PARTS,
    "deep_lift": PARTS,
    "deep_lift_shap": PARTS,
    "guided_backprop": "guided gradient of {number}",
    "grad_cam": "weighted activation for {number}",
    "guided_grad_cam": "guided gradient of {number} times weighted activation",
    "occlusion": "fall of {number} where the pixel is covered",
    "regions": "fall of {number} where the region is covered",
    "lime": "what the region adds to {number}",
    "kernel_shap": "what the region adds to {number}",
}
"""What a value of each method is."""


def unit(method: str, what: str, *, logits: bool) -> str:
    """Say what a value of a map is; what : the class, or "happy, not sad"; logits : explained in place of logs."""
    first, _, other = what.partition(", not ")
    kind = "logit" if logits else "log-probability"
    number = f"the {kind} of {first}" + (f" over that of {other}" if other else "")
    return UNITS[method].format(number=number) + {"grad_cam": "", "guided_grad_cam": "", "vargrad": ", in nats²"}.get(
        method, ", in nats"
    )


def says(found: "Map") -> str:
    """Return the explained class of a map and its probability; found : a `fer_core.saliency.Map` of one image."""
    direction, probabilities = found.direction[0], found.probabilities[0]
    label = int(direction.argmax())
    text = f"{EMOTIONS[label]} {percent(float(probabilities[label]), 0)}%"
    if direction.min() < 0:
        other = int(direction.argmin())
        return f"{text}, not {EMOTIONS[other]} {percent(float(probabilities[other]), 0)}%"
    said = int(probabilities.argmax())
    return text if said == label else f"{text} (says {EMOTIONS[said]})"


def headline(answer: Answer, setting: Setting) -> str:
    """Say beside the class who says it."""
    who = "says the ensemble" if len(setting.members) > 1 else "says"
    return f"{who}; {agreement(answer)}" if len(setting.members) > 1 else f"{who} {setting.members[0]}"


def zero(method: str, names: list[str], baseline: str | None) -> str:
    """Say why maps are zero everywhere."""
    whose = "The map of " + names[0] if len(names) == 1 else "The maps of " + ", ".join(names)
    why = "no pixel changes the answer"
    if baseline is not None:
        why = f"covering it with {baseline} changes nothing, as where the face is the baseline or has one colour"
    if method in ("grad_cam", "guided_grad_cam"):
        why = "nothing in the last feature maps speaks for the answer"
    return f"{whose} {'is' if len(names) == 1 else 'are'} zero everywhere: {why}."
