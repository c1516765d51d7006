"""The 8x8-kernel network of Agrawal & Mittal, by the table of the slides."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.emotions import EMOTIONS
from fer_core.models.layers import initialise
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import BASE


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the (before, after) padding that makes a strided convolution end at `ceil(size / stride)` pixels.

    An even kernel needs an odd total, so one side gets more; the larger half goes after, as TensorFlow does.
    PyTorch's own `padding="same"` refuses strides.
    """
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class SameConv2d(nn.Module):
    """Convolution over square maps, padded by `same_padding`: `[N,I,s,s]` -> `[N,O,ceil(s/stride),ceil(s/stride)]`."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int, bias: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Pad, then convolve."""
        before, after = same_padding(x.shape[-1], self.conv.kernel_size[0], self.conv.stride[0])
        out: Tensor = self.conv(F.pad(x, (before, after, before, after)))
        return out


class Agrawal(Member):
    """Sixteen convolutions in eight pairs, the first of each with batch norm, the second with ReLU (and stride 2).

    Agrawal & Mittal, "Using CNN for facial expression recognition: a study of the effects of kernel size and number
    of filters on accuracy", The Visual Computer 36 (2020); 63.4% on the slides.  Seven pairs of 8x8 kernels with 32,
    32, 32, 16, 16, 16 and 8 filters halve 64x64 pixels down to one; the last pair is an 8x8x8 convolution with batch
    norm and a 7x7x7 one with ReLU and stride 1, whose seven outputs go into the softmax as they are.

    What the table leaves open, and what is done here:

    - padding: "same", asymmetric for an even kernel, so that sizes halve exactly: 64, 32, 16, 8, 4, 2, 1, and stay 1;
    - batch norm stands without an activation and ReLU without batch norm, as written;
    - the ReLU before the softmax is kept, so no logit is below zero.  A class whose unit is never positive would learn
      nothing more, so the last biases start at `last_bias` above zero;
    - no dropout: the table has none.

    Shapes: `[N,1,64,64]` -> `[N,8,1,1]` -> logits `[N,7]`, none below zero.
    """

    PAIRS = (32, 32, 32, 16, 16, 16, 8)

    def __init__(self, *, last_bias: float = 2.0, preprocessing: Preprocessing | None = None) -> None:
        super().__init__(preprocessing or Preprocessing(crop=44, size=64))
        inputs = 1
        layers: list[nn.Module] = []
        for width in self.PAIRS:
            layers += [SameConv2d(inputs, width, 8, stride=1, bias=False), nn.BatchNorm2d(width)]
            layers += [SameConv2d(width, width, 8, stride=2, bias=True), nn.ReLU()]
            inputs = width
        layers += [SameConv2d(inputs, 8, 8, stride=1, bias=False), nn.BatchNorm2d(8)]
        self.features = nn.Sequential(*layers)
        last = SameConv2d(8, len(EMOTIONS), 7, stride=1, bias=True)
        self.head = nn.Sequential(last, nn.ReLU(), nn.Flatten())
        initialise(self)
        _start_positive(last.conv, last_bias)


@torch.no_grad()
def _start_positive(conv: nn.Conv2d, bias: float) -> None:
    """Start a convolution small and above zero, so that no class is dead behind its ReLU from the first step."""
    assert conv.bias is not None
    conv.weight.mul_(0.3)
    conv.bias.fill_(bias)


_FIRST = replace(
    BASE,
    epochs=18,
    sizes=(40,),
    optimiser="adamw",
    lr=2e-3,
    weight_decay=2e-2,
    dropout=None,
    clip=1.0,
    label_smoothing=0.05,
)
_REFINED = replace(
    _FIRST,
    epochs=6,
    batch=64,
    sizes=(),
    lr=1e-3,
    schedule="cosine",
    rotate=8.0,
    scale=0.08,
    shift=0.08,
    brightness=0.15,
    contrast=0.15,
)
RECIPE = replace(_FIRST, refinements=(_REFINED, replace(_REFINED, epochs=24, sizes=(48,))))
"""Sixteen plain convolutions learn slowly and do not overfit: half of the epochs at 40 pixels, then two refinements in
smaller batches under milder changes, the second of them half at 48 pixels."""

SPEC = MemberSpec("agrawal", Agrawal, recipe=RECIPE)
