"""A VGG with batch norm and global pooling."""

from torch import nn

from fer_core.models.layers import conv_block, initialise, pooled_classifier
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class Vgg(Member):
    """Four stages of two 3x3 convolutions (batch norm, ReLU), max pooling between them, global mean pooling.

    Simonyan & Zisserman 2014 (arXiv 1409.1556), in the shape of Khaireddin & Chen 2021 (arXiv 2105.03588), whose VGG is
    the single network to beat.  What differs: narrower by default, and one linear map after global pooling
    instead of two fully connected layers of 4,096 units, which hold most of its parameters.

    Shapes: `[N,1,44,44]` -> `[N,384,5,5]` -> logits `[N,7]`.

    widths : channels of the stages; dropout : share of the pooled features that are off in training
    """

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (32, 96, 192, 384),
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        stages: list[nn.Module] = []
        inputs = 1
        for i, width in enumerate(widths):
            last = i + 1 == len(widths)
            stages += [conv_block(inputs, width, 3), conv_block(width, width, 3, pool=0 if last else 2)]
            inputs = width
        self.features = nn.Sequential(*stages)
        self.head = pooled_classifier(inputs, dropout=dropout)
        initialise(self)


SPEC = MemberSpec("vgg", Vgg, recipe=LONG)
