"""Methods that cover parts of the face and watch the answer; they need no gradient."""

import torch
from captum._utils.models.linear_model import SkLearnRidge
from captum.attr import FeatureAblation, KernelShap, Lime
from captum.attr import Occlusion as CaptumOcclusion

from fer_core.emotions import SIDE
from fer_core.saliency.arguments import REGIONS, Arguments
from fer_core.saliency.method import Attribution, Found, Task

AT_ONCE = 16
"""Covered copies that go through a network together."""


def occlusion(task: Task) -> Found:
    """Return how far the number falls when a square around each pixel is covered."""
    window, stride = task.arguments.window, task.arguments.stride
    return Found(
        CaptumOcclusion(task.score).attribute(
            task.images,
            sliding_window_shapes=(1, window, window),
            strides=(1, stride, stride),
            baselines=task.baselines,
            additional_forward_args=(task.direction,),
            perturbations_per_eval=AT_ONCE,
        )
    )


def regions(task: Task) -> Found:
    """Return how far the number falls when a region of the face is covered."""
    return Found(
        FeatureAblation(task.score).attribute(
            task.images,
            baselines=task.baselines,
            feature_mask=task.surroundings.regions,
            additional_forward_args=(task.direction,),
            perturbations_per_eval=len(REGIONS),
        )
    )


def _by_regions(method: Lime | KernelShap, task: Task) -> Found:
    """Explain one image after the other, as these methods do."""
    parts = [
        method.attribute(
            task.images[i : i + 1],
            baselines=task.baselines[i : i + 1],
            feature_mask=task.surroundings.regions,
            additional_forward_args=(task.direction[i : i + 1],),
            n_samples=task.arguments.samples,
            perturbations_per_eval=AT_ONCE,
        )
        for i in range(len(task.images))
    ]
    return Found(torch.cat(parts))


def lime(task: Task) -> Found:
    """Return the weights of a linear model that copies the network where random regions are covered."""
    return _by_regions(Lime(task.score, SkLearnRidge(alpha=0.01)), task)


def kernel_shap(task: Task) -> Found:
    """Return Shapley values of the regions, from random sets of them."""
    return _by_regions(KernelShap(task.score), task)


def _windows(arguments: Arguments) -> int:
    steps = -(-(SIDE - arguments.window) // arguments.stride) + 1
    return int(steps) ** 2 + 1


PERTURBATIONS: dict[str, Attribution] = {
    "occlusion": Attribution(
        "Occlusion",
        "How far the answer falls when a square of the face is covered.",
        "Zeiler & Fergus 2014",
        "1311.2901",
        occlusion,
        _windows,
        uses=("baseline", "window", "stride"),
        baseline="mean_face",
        parts=True,
        gradient=False,
    ),
    "regions": Attribution(
        "Regions",
        "How far the answer falls when brows, eyes, nose, mouth or the rest of the face is covered.",
        "Zeiler & Fergus 2014",
        "1311.2901",
        regions,
        lambda arguments: len(REGIONS) + 1,
        uses=("baseline",),
        baseline="mean_face",
        parts=True,
        gradient=False,
    ),
    "lime": Attribution(
        "LIME",
        "A linear model of what brows, eyes, nose, mouth and the rest add, fitted where random ones are covered.",
        "Ribeiro et al. 2016",
        "1602.04938",
        lime,
        lambda arguments: arguments.samples,
        uses=("baseline", "samples", "seed"),
        baseline="mean_face",
        parts=True,
        gradient=False,
        drawn=True,
    ),
    "kernel_shap": Attribution(
        "KernelSHAP",
        "What brows, eyes, nose, mouth and the rest add on average, in whichever order they are uncovered.",
        "Lundberg & Lee 2017",
        "1705.07874",
        kernel_shap,
        lambda arguments: arguments.samples,
        uses=("baseline", "samples", "seed"),
        baseline="mean_face",
        parts=True,
        gradient=False,
        drawn=True,
    ),
}
"""Methods of this family, by name."""
