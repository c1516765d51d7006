"""The slides' shallow network: two convolutions and one fully connected layer."""

from torch import Tensor, nn

from fer_core.emotions import EMOTIONS
from fer_core.models.layers import conv_block, initialise
from fer_core.models.member import Member, Preprocessing


class Shallow(Member):
    """Two convolutions (batch norm, ReLU, max pooling, dropout), then one fully connected layer to the logits.

    The slides give the number of layers and the test accuracy (60.6%) but no widths.  With two layers to see a whole
    face, the kernels are large: 7x7 on 44x44 pixels, then 5x5 on 22x22, so that one unit sees 17 pixels before the
    last pooling.

    widths : channels of the two convolutions
    dropout : share of the features that the fully connected layer does not see in training
    """

    def __init__(
        self,
        *,
        widths: tuple[int, int] = (48, 96),
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing())
        first, second = widths
        self.features = nn.Sequential(conv_block(1, first, 7, pool=2), conv_block(first, second, 5, pool=4))
        side = self.preprocessing.size // 8
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(second * side * side, len(EMOTIONS)))
        initialise(self)

    def forward_features(self, x: Tensor) -> Tensor:
        """Map `[N,1,44,44]` to `[N,96,5,5]`."""
        out: Tensor = self.features(x)
        return out

    def forward_head(self, features: Tensor) -> Tensor:
        """Map `[N,96,5,5]` to logits `[N,7]`."""
        out: Tensor = self.head(features)
        return out
