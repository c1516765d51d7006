"""Mini-Xception: depthwise separable convolutions with residual connections."""

from dataclasses import replace

from torch import Tensor, nn

from fer_core.emotions import EMOTIONS
from fer_core.models.layers import conv_block, initialise, separable
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class XceptionBlock(nn.Module):
    """Two separable convolutions and max pooling, beside a strided 1x1 convolution: `[N,I,s,s]` -> `[N,O,s/2,s/2]`."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=2, bias=False), nn.BatchNorm2d(outputs))
        self.long = nn.Sequential(
            *separable(inputs, outputs),
            nn.ReLU(),
            *separable(outputs, outputs),
            nn.MaxPool2d(3, stride=2, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Add both paths."""
        out: Tensor = self.long(x) + self.short(x)
        return out


class MiniXception(Member):
    """Two convolutions, four residual blocks of separable convolutions, a convolution to the classes, global pooling.

    Arriaga, Valdenegro-Toro & Ploeger 2017 (arXiv 1710.07557), the network that the package `fer` ships, after
    Chollet 2017 (arXiv 1610.02357).  What differs: eight times its channels by default, a crop of 40 pixels instead of
    the whole face enlarged to 64, a stem that halves the side as Chollet's does, and dropout before the last
    convolution.

    Shapes: `[N,1,40,40]` -> `[N,1024,2,2]` -> logits `[N,7]`.

    width : channels of the first convolutions, 8 in the paper; the blocks have 2, 4, 8 and 16 times as many
    """

    def __init__(self, *, width: int = 64, dropout: float = 0.2, preprocessing: Preprocessing | None = None) -> None:
        super().__init__(preprocessing or Preprocessing(crop=40, size=40))
        blocks = [XceptionBlock(width << i, width << (i + 1)) for i in range(4)]
        self.features = nn.Sequential(conv_block(1, width, 3, stride=2), conv_block(width, width, 3), *blocks)
        self.head = nn.Sequential(
            nn.Dropout2d(dropout),
            nn.Conv2d(width << 4, len(EMOTIONS), 3, padding=1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        initialise(self)


SPEC = MemberSpec(
    "mini_xception",
    MiniXception,
    recipe=replace(LONG, label_smoothing=0.05),
    blocks={
        XceptionBlock: (
            "separable block",
            "two separable convolutions 3×3 and max pooling 3×3, added to a strided convolution 1×1",
        )
    },
)
