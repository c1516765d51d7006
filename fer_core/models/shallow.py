"""The slides' shallow network: two convolutions and one fully connected layer."""

from dataclasses import replace

from torch import nn

from fer_core.models.layers import classifier, conv_block, initialise
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import BASE, DAMAGE


class Shallow(Member):
    """Two convolutions (batch norm, ReLU, max pooling) and one fully connected layer, then the softmax's linear map.

    The slides give the number of layers and the test accuracy (60.6%) but no widths.  Layers are counted as by
    Alizadeh & Fazel 2017 (arXiv 1704.06756), whose shallow network this is: the map from the fully connected layer to
    the seven logits belongs to the softmax.  With two layers to see a whole face, the kernels are large.

    Shapes: `[N,1,44,44]` -> `[N,96,11,11]` -> logits `[N,7]`.

    widths : channels of the two convolutions; hidden : units of the fully connected layer
    dropout : share of units that are off in training, before the fully connected layer and before the logits
    """

    def __init__(
        self,
        *,
        widths: tuple[int, int] = (48, 96),
        hidden: int = 256,
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        first, second = widths
        self.features = nn.Sequential(conv_block(1, first, 7, pool=2), conv_block(first, second, 5, pool=2))
        side = self.preprocessing.size // 4
        self.head = classifier(second * side * side, (hidden,), dropout=dropout)
        initialise(self)


SPEC = MemberSpec("shallow", Shallow, recipe=replace(BASE, epochs=60, rotate=10.0, scale=0.1, shift=0.1, **DAMAGE))
