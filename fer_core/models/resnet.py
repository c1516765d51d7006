"""A pre-activation residual network with squeeze-and-excitation."""

from dataclasses import replace

from torch import Tensor, nn
from torchvision.ops import SqueezeExcitation  # type: ignore[import-untyped]

from fer_core.models.layers import initialise, pooled_classifier
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class PreActivationBlock(nn.Module):
    """Norm, ReLU, 3x3 convolution twice, rescaled channel by channel: `[N,I,s,s]` -> `[N,O,s/stride,s/stride]`."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.norm1, self.relu1 = nn.BatchNorm2d(inputs), nn.ReLU()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm2, self.relu2 = nn.BatchNorm2d(outputs), nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.excite = SqueezeExcitation(outputs, max(8, outputs // 8))
        same = inputs == outputs and stride == 1
        self.short = None if same else nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Add the residual; where the shape changes, the short path starts after the first activation."""
        active = self.relu1(self.norm1(x))
        short = x if self.short is None else self.short(active)
        out: Tensor = short + self.excite(self.conv2(self.relu2(self.norm2(self.conv1(active)))))
        return out


class Resnet(Member):
    """A convolution, then stages of pre-activation blocks with squeeze-and-excitation, global mean pooling.

    He et al. 2016 (arXiv 1603.05027) with the channel gates of Hu et al. 2018 (arXiv 1709.01507, after the second
    convolution).  What differs: the first convolution keeps the resolution and no pooling follows it, as is usual for
    small images.

    Shapes: `[N,1,44,44]` -> `[N,320,6,6]` -> logits `[N,7]`.

    widths, depths : channels and blocks of the stages; every stage but the first halves the side
    """

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (24, 64, 160, 320),
        depths: tuple[int, ...] = (1, 1, 2, 1),
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        stages: list[nn.Module] = [nn.Conv2d(1, widths[0], 3, padding=1, bias=False)]
        inputs = widths[0]
        for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for j in range(depth):
                stages.append(PreActivationBlock(inputs, width, stride=2 if i and not j else 1))
                inputs = width
        self.features = nn.Sequential(*stages, nn.BatchNorm2d(inputs), nn.ReLU())
        self.head = pooled_classifier(inputs, dropout=dropout)
        initialise(self)


SPEC = MemberSpec(
    "resnet",
    Resnet,
    recipe=replace(LONG, mixup=0.2),
    blocks={
        PreActivationBlock: (
            "residual block",
            "twice batch norm, ReLU, convolution 3×3, then a gate for each channel, added to the input",
        )
    },
)
