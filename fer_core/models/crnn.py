"""A convolutional recurrent network: the rows of its feature maps are read by a bidirectional GRU."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from fer_core.emotions import EMOTIONS
from fer_core.models.layers import conv_block, initialise
from fer_core.models.member import Member, MemberSpec, Preprocessing
from fer_core.recipe import LONG


class RowReader(nn.Module):
    """Read feature maps row by row, from brow to chin and back: `[N,F,h,w]` -> `[N,2*units]`, the mean over rows.

    columns : to which each row is averaged first, so that smaller images can be read too
    """

    def __init__(self, channels: int, columns: int, units: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d((None, columns))
        self.gru = nn.GRU(channels * columns, units, batch_first=True, bidirectional=True)

    def forward(self, maps: Tensor) -> Tensor:
        """Put each row's columns side by side, read the rows in order, and average what was said after each."""
        states, _ = self.gru(self.pool(maps).permute(0, 2, 1, 3).flatten(2))
        out: Tensor = torch.mean(states, dim=1)
        return out


class Crnn(Member):
    """Four stages of convolutions, whose rows are read by a bidirectional GRU.

    The slides' recurrent family, in the manner of Shi, Bai & Yao 2015 (arXiv 1507.05717), with the gates of Cho et al.
    2014 (arXiv 1406.1078).  What differs: rows instead of columns are read, since a face is ordered from brow to chin;
    one layer of GRU instead of two of LSTM; and the mean over rows goes to one classifier, as there is no sequence to
    write down.

    Shapes: `[N,1,40,40]` -> `[N,256,5,5]` -> logits `[N,7]`.

    widths : channels of the stages; units : of the GRU in each direction
    """

    def __init__(
        self,
        *,
        widths: tuple[int, ...] = (32, 96, 192, 256),
        units: int = 192,
        dropout: float = 0.3,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        super().__init__(preprocessing or Preprocessing(crop=40, size=40))
        a, b, c, d = widths
        self.features = nn.Sequential(
            conv_block(1, a, 3),
            conv_block(a, a, 3, pool=2),
            conv_block(a, b, 3),
            conv_block(b, b, 3, pool=2),
            conv_block(b, c, 3),
            conv_block(c, c, 3, pool=2),
            conv_block(c, d, 3),
        )
        reader = RowReader(d, self.preprocessing.size // 8, units)
        self.head = nn.Sequential(reader, nn.Dropout(dropout), nn.Linear(2 * units, len(EMOTIONS)))
        initialise(self)


SPEC = MemberSpec(
    "crnn",
    Crnn,
    recipe=replace(LONG, votes=0.0),
    blocks={
        RowReader: (
            "recurrent layer",
            "a GRU that reads the rows of the maps from brow to chin and back, mean over rows",
        )
    },
)
