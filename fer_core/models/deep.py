"""The slides' deep network: four convolutions and two fully connected layers."""

from dataclasses import replace

from torch import nn

from fer_core.models.layers import classifier, conv_block, initialise
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class Deep(Member):
    """Four convolutions (batch norm, ReLU, max pooling), two fully connected layers, then the softmax's linear map.

    The slides give the number of layers and the test accuracy (66.5%) but no widths; layers are counted as in
    `Shallow`.

    Shapes: `[N,1,44,44]` -> `[N,256,5,5]` -> logits `[N,7]`.

    widths : channels of the four convolutions; hidden : units of the two fully connected layers
    dropout : share of units that are off in training, before each fully connected layer and before the logits
    """

    def __init__(
        self,
        *,
        widths: tuple[int, int, int, int] = (64, 128, 256, 256),
        hidden: tuple[int, int] = (256, 256),
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        a, b, c, d = widths
        self.features = nn.Sequential(
            conv_block(1, a, 5, pool=2),
            conv_block(a, b, 3, pool=2),
            conv_block(b, c, 3, pool=2),
            conv_block(c, d, 3),
        )
        side = self.preprocessing.size // 8
        self.head = classifier(d * side * side, hidden, dropout=dropout)
        initialise(self)


SPEC = MemberSpec("deep", Deep, recipe=replace(LONG, sizes=(), votes=1.0))
