"""Methods that look at the last feature maps."""

import torch
from captum.attr import LayerGradCam
from torch import Tensor

from fer_core.saliency.method import Attribution, Found, Task
from fer_core.saliency.propagation import guided_backprop


def grad_cam(task: Task) -> Found:
    """Return the feature maps weighted by their mean gradient, what is above zero, laid over the image.

    For an ensemble, the sum over its members: each weighs its maps by the gradient of the ensemble's own number.
    """
    total: Tensor = torch.zeros_like(task.images)
    for camera in task.cameras:
        maps = LayerGradCam(task.score, camera.layer).attribute(
            task.images, additional_forward_args=(task.direction,), relu_attributions=True
        )
        total = total + camera.over_image(maps.detach())
    return Found(total)


def guided_grad_cam(task: Task) -> Found:
    """Return Grad-CAM times Guided Backprop."""
    where = grad_cam(task).values
    return Found(where * guided_backprop(task).values)


CAMS: dict[str, Attribution] = {
    "grad_cam": Attribution(
        "Grad-CAM",
        "Which parts of the last feature maps of at least 5×5 pixels speak for the answer; coarse.",
        "Selvaraju et al. 2017",
        "1610.02391",
        grad_cam,
        lambda arguments: 1,
        signed=False,
    ),
    "guided_grad_cam": Attribution(
        "Guided Grad-CAM",
        "Grad-CAM times Guided Backprop: where, and in which details.",
        "Selvaraju et al. 2017",
        "1610.02391",
        guided_grad_cam,
        lambda arguments: 2,
    ),
}
"""Methods of this family, by name."""
