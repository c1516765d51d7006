"""Methods that change the rules by which a gradient is sent back, through hooks."""

import warnings

from captum.attr import DeepLift, DeepLiftShap
from captum.attr import GuidedBackprop as CaptumGuidedBackprop

from fer_core.saliency.method import Attribution, Found, Task
from fer_core.saliency.pooling import separate_pooling

for _first in ("Setting forward, backward hooks", "Setting backward hooks on ReLU"):
    warnings.filterwarnings("ignore", _first, UserWarning)  # they are set on copies, which nobody else has


def deep_lift(task: Task) -> Found:
    """Return each pixel's share of the difference to the baseline, layer by layer."""
    separate_pooling(task.score)
    values, delta = DeepLift(task.score).attribute(
        task.images, task.baselines, additional_forward_args=(task.direction,), return_convergence_delta=True
    )
    return Found(values, delta)


def deep_lift_shap(task: Task) -> Found:
    """Return the mean of DeepLift over the mean faces as baselines."""
    separate_pooling(task.score)
    faces = task.surroundings.mean_faces.to(task.images)
    values, delta = DeepLiftShap(task.score).attribute(
        task.images, faces, additional_forward_args=(task.direction,), return_convergence_delta=True
    )
    return Found(values, delta.reshape(len(task.images), -1).mean(dim=1))


def guided_backprop(task: Task) -> Found:
    """Return the gradient that ReLUs let through only where it is positive."""
    return Found(CaptumGuidedBackprop(task.score).attribute(task.images, additional_forward_args=(task.direction,)))


UNSERVED = {
    "resnet": "its channel gates multiply two signals, and DeepLift has no rule for a product",
    "crnn": "its recurrent layer multiplies gates, and DeepLift has no rule for a product",
}
"""Where DeepLift does not sum to the difference that it explains: its convergence delta passes 1e-4."""

_ENSEMBLE = "a combiner mixes members in a way that DeepLift has no rule for"
_MEAN_FACES = 8

PROPAGATIONS: dict[str, Attribution] = {
    "deep_lift": Attribution(
        "DeepLift",
        "What each pixel adds against a baseline, sent back layer by layer; the parts sum to the whole difference.",
        "Shrikumar et al. 2017",
        "1704.02685",
        deep_lift,
        lambda arguments: 2,
        uses=("baseline",),
        baseline="black",
        parts=True,
        logits=True,
        unserved=UNSERVED,
        ensemble=_ENSEMBLE,
    ),
    "deep_lift_shap": Attribution(
        "DeepLiftSHAP",
        "DeepLift, averaged over the mean faces of all emotions as baselines.",
        "Lundberg & Lee 2017",
        "1705.07874",
        deep_lift_shap,
        lambda arguments: 2 * _MEAN_FACES,
        parts=True,
        logits=True,
        unserved=UNSERVED,
        ensemble=_ENSEMBLE,
    ),
    "guided_backprop": Attribution(
        "Guided Backprop",
        "The gradient, of which each ReLU lets only what speaks for the answer through; sharp, but it may depend "
        "little on the weights (Adebayo et al. 2018).",
        "Springenberg et al. 2015",
        "1412.6806",
        guided_backprop,
        lambda arguments: 1,
    ),
}
"""Methods of this family, by name."""
