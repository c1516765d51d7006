"""An Inception network: parallel branches that look at several scales at once."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from fer_core.models.layers import conv_block, initialise, pooled_classifier
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class InceptionBlock(nn.Module):
    """Four branches side by side: 1x1; 3x3; 3x3 twice; 3x3 max pooling and 1x1: `[N,I,s,s]` -> `[N,4B,s,s]`.

    Each branch but the first and the last begins with a 1x1 convolution to `branch` channels; each ends with as many.
    """

    def __init__(self, inputs: int, branch: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [
                conv_block(inputs, branch, 1),
                nn.Sequential(conv_block(inputs, branch, 1), conv_block(branch, branch, 3)),
                nn.Sequential(
                    conv_block(inputs, branch // 2, 1),
                    conv_block(branch // 2, branch, 3),
                    conv_block(branch, branch, 3),
                ),
                nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), conv_block(inputs, branch, 1)),
            ]
        )

    def forward(self, x: Tensor) -> Tensor:
        """Join the channels of all branches."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Inception(Member):
    """A stem of two convolutions, then stages of Inception blocks with max pooling between, global mean pooling.

    Szegedy et al. 2014 (arXiv 1409.4842) with the batch norm and the double 3x3 branch of Ioffe & Szegedy 2015 (arXiv
    1502.03167).  What differs: all four branches are equally wide, the stem keeps the full resolution for its 44
    pixels, and there are no auxiliary classifiers.

    Shapes: `[N,1,44,44]` -> `[N,768,5,5]` -> logits `[N,7]`.

    stem : channels of the stem; branches, depths : channels of a branch and blocks in each stage
    """

    def __init__(
        self,
        *,
        stem: int = 24,
        branches: tuple[int, ...] = (40, 88, 192),
        depths: tuple[int, ...] = (1, 2, 2),
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        stages: list[nn.Module] = [conv_block(1, stem, 3), conv_block(stem, stem, 3, pool=2)]
        inputs = stem
        for i, (branch, depth) in enumerate(zip(branches, depths, strict=True)):
            stages += [nn.MaxPool2d(2)] if i else []
            stages += [InceptionBlock(4 * branch if j else inputs, branch) for j in range(depth)]
            inputs = 4 * branch
        self.features = nn.Sequential(*stages)
        self.head = pooled_classifier(inputs, dropout=dropout)
        initialise(self)


SPEC = MemberSpec(
    "inception",
    Inception,
    recipe=replace(LONG, erase=0.25),
    blocks={
        InceptionBlock: (
            "Inception block",
            "side by side convolutions of 1×1, of 3×3, of 3×3 twice, and max pooling 3×3 with 1×1",
        )
    },
)
