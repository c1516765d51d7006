"""A densely connected network."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from fer_core.models.layers import initialise, pooled_classifier
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class DenseLayer(nn.Module):
    """A bottleneck of 1x1 and a 3x3 convolution, each after norm and ReLU, whose output joins its input.

    Shapes: `[N,I,s,s]` -> `[N,I+growth,s,s]`.
    """

    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        self.new = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.ReLU(),
            nn.Conv2d(inputs, 4 * growth, 1, bias=False),
            nn.BatchNorm2d(4 * growth),
            nn.ReLU(),
            nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Join input and new maps."""
        return torch.cat([x, self.new(x)], dim=1)


def transition(inputs: int, outputs: int) -> nn.Sequential:
    """Norm, ReLU, 1x1 convolution and 2x2 mean pooling between two dense blocks."""
    return nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False), nn.AvgPool2d(2))


class Densenet(Member):
    """A convolution, then dense blocks with transitions that halve channels and side, global mean pooling.

    Huang et al. 2017 (arXiv 1608.06993), the variant BC with bottlenecks and compression.  What differs: the stem is
    one strided 3x3 convolution, for 44 pixels instead of 224.

    Shapes: `[N,1,44,44]` -> `[N,F,5,5]` -> logits `[N,7]`; F follows from the arguments.

    growth : maps that each layer adds; depths : layers of each dense block; stem : channels of the first convolution
    """

    def __init__(
        self,
        *,
        growth: int = 32,
        depths: tuple[int, ...] = (4, 6, 8),
        stem: int = 64,
        dropout: float = 0.2,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        layers: list[nn.Module] = [nn.Conv2d(1, stem, 3, stride=2, padding=1, bias=False)]
        inputs = stem
        for i, depth in enumerate(depths):
            layers += [DenseLayer(inputs + j * growth, growth) for j in range(depth)]
            inputs += depth * growth
            if i + 1 < len(depths):
                layers.append(transition(inputs, inputs // 2))
                inputs //= 2
        self.features = nn.Sequential(*layers, nn.BatchNorm2d(inputs), nn.ReLU())
        self.head = pooled_classifier(inputs, dropout=dropout)
        initialise(self)


SPEC = MemberSpec(
    "densenet",
    Densenet,
    recipe=replace(LONG, label_smoothing=0.0),
    blocks={
        DenseLayer: (
            "dense layer",
            "batch norm, ReLU, convolution 1×1, batch norm, ReLU, convolution 3×3, joined to the input",
        )
    },
)
