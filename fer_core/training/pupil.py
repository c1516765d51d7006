"""What is optimised: a member, and the head that only training needs."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.dataset import FERPLUS_COLUMNS
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.models import Member


class Pupil(nn.Module):
    """A member in training; with `votes`, a linear head on its pooled feature maps learns the FER+ votes beside it.

    The head shapes the features and is thrown away after training: what is kept is the member alone.
    """

    def __init__(self, member: Member, *, votes: bool, dropout: float = 0.0) -> None:
        super().__init__()
        self.member = member
        self.votes: nn.Module | None = None
        if votes:
            channels = _channels(member)
            last = nn.Linear(channels, len(FERPLUS_COLUMNS))
            nn.init.normal_(last.weight, std=0.01)
            nn.init.zeros_(last.bias)
            self.votes = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), last)

    def forward(self, images: Tensor, *, size: int | None = None) -> tuple[Tensor, Tensor | None]:
        """Map `[N,1,48,48]` in 0..1 to logits `[N,7]` of the classes and `[N,10]` of the votes, None without them."""
        maps = self.member.forward_features(self.member.prepare(images, size=size))
        return self.member.forward_head(maps), None if self.votes is None else self.votes(maps)


@torch.no_grad()
def _channels(member: Member) -> int:
    """Return how many feature maps a member has, without touching its norm statistics."""
    training = member.training
    maps = member.eval().forward_features(member.prepare(torch.zeros(1, 1, SIDE, SIDE)))
    member.train(training)
    return int(maps.shape[1])


def vote_shares(votes: Tensor) -> Tensor:
    """Return votes `uint8 [N,10]` as shares `float32 [N,10]`; a row without any vote stays zero and teaches nothing."""
    counts = votes.float()
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)


def loss_of(
    logits: Tensor, votes: Tensor | None, targets: Tensor, *, label_smoothing: float, votes_weight: float
) -> Tensor:
    """Return the cross-entropy to the label, plus `votes_weight` times that to the shares of the votes, in nats.

    targets : `[N,7]` shares of the classes, followed by `[N,10]` shares of the votes where there is a head for them
    """
    classes = len(EMOTIONS)
    loss = F.cross_entropy(logits.float(), targets[:, :classes], label_smoothing=label_smoothing)
    if votes is not None and votes_weight:
        loss = loss + votes_weight * F.cross_entropy(votes.float(), targets[:, classes:])
    return loss
