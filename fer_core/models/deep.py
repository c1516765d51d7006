"""The slides' deep network: four convolutions and two fully connected layers."""

from torch import Tensor, nn

from fer_core.emotions import EMOTIONS
from fer_core.models.layers import conv_block, initialise
from fer_core.models.member import Member, Preprocessing


class Deep(Member):
    """Four convolutions (batch norm, ReLU, max pooling), then two fully connected layers with dropout between.

    The slides give the number of layers and the test accuracy (66.5%) but no widths.

    widths : channels of the four convolutions
    hidden : units of the first fully connected layer
    dropout : share of units that are off in training, before each fully connected layer
    """

    def __init__(
        self,
        *,
        widths: tuple[int, int, int, int] = (64, 128, 256, 256),
        hidden: int = 256,
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
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(d * side * side, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, len(EMOTIONS)),
        )
        initialise(self)

    def forward_features(self, x: Tensor) -> Tensor:
        """Map `[N,1,44,44]` to `[N,256,5,5]`."""
        out: Tensor = self.features(x)
        return out

    def forward_head(self, features: Tensor) -> Tensor:
        """Map `[N,256,5,5]` to logits `[N,7]`."""
        out: Tensor = self.head(features)
        return out
