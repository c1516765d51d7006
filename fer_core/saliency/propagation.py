"""Methods that change the rules by which a gradient is sent back, through hooks.

Captum 0.9 hooks the tensor between two layers.  Where a max pooling stands directly behind a ReLU, both hooks sit on
the same tensor, the one that was registered first is given the gradient before the other has replaced it, and the map
is wrong without an error (convergence delta 0.4 for `shallow`; 2e-6 with a copy between them).  And its rule sends
contributions back by unpooling, which is wrong where windows overlap.
"""

import warnings

from captum.attr import DeepLift, DeepLiftShap
from captum.attr import GuidedBackprop as CaptumGuidedBackprop
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.saliency.method import Attribution, Found, Task

FAR_BELOW = -1e4
"""What is padded with: less than any activation, yet finite, since a difference of infinities is no number."""


class Copy(nn.Module):
    """The same values in a tensor of their own."""

    def forward(self, x: Tensor) -> Tensor:
        """Return a copy."""
        return x.clone()


class Windows(nn.Module):
    """Windows side by side: `[N,C,h,w]` -> `[N,C,h',w'*k*k]`, each window a run of k*k values."""

    def __init__(self, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x: Tensor) -> Tensor:
        """Pad and cut."""
        padded = F.pad(x, (self.padding,) * 4, value=FAR_BELOW)
        cut = padded.unfold(2, self.kernel, self.stride).unfold(3, self.kernel, self.stride)
        return cut.reshape(*cut.shape[:3], -1).contiguous()


def _same(pool: nn.MaxPool2d) -> nn.Module:
    """Return modules that compute what a max pooling does, and that DeepLift's rule is right for."""
    kernel, stride, padding = pool.kernel_size, pool.stride, pool.padding
    if not (isinstance(kernel, int) and isinstance(stride, int) and isinstance(padding, int)):
        raise ValueError("pool: expected square windows")
    if kernel == stride and not padding:
        return nn.Sequential(Copy(), nn.MaxPool2d(kernel), Copy())
    row = nn.MaxPool2d((1, kernel * kernel))
    return nn.Sequential(Windows(kernel, stride, padding), row, Copy())


def separate_pooling(network: nn.Module) -> None:
    """Replace every max pooling within a network, in place, by modules that compute the same."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d):
                parent.add_module(name, _same(child).train(child.training))


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
