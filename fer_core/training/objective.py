"""What is optimised, and how: a member and the head that only training needs, an optimiser and a schedule."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fer_core.dataset import FERPLUS_COLUMNS
from fer_core.emotions import SIDE
from fer_core.models import Member
from fer_core.recipe import Recipe


def make_optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Build the recipe's optimiser, with weight decay on matrices and kernels only."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    free = [p for p in network.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": free, "weight_decay": 0.0}]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=True)
    if recipe.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=recipe.lr, betas=(recipe.momentum, 0.99))
    raise ValueError(f"optimiser: expected 'sgd' or 'adamw', got {recipe.optimiser!r}")


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Return the learning rate of `step` out of `steps`: a function of the step alone, so resuming needs no state.

    "one_cycle" rises by a half cosine over the warm-up, then falls by one to a thousandth of the peak (Smith & Topin
    2017, arXiv 1708.07120); "cosine" only falls (Loshchilov & Hutter 2016, arXiv 1608.03983); "constant" stays.
    """
    done = step / max(1, steps)
    if recipe.schedule == "constant":
        return recipe.lr
    low = recipe.lr / 1000
    if recipe.schedule == "one_cycle" and done < recipe.warmup:
        start = recipe.lr / 25
        return start + (recipe.lr - start) * (1 - math.cos(math.pi * done / recipe.warmup)) / 2
    fall = (done - recipe.warmup) / (1 - recipe.warmup) if recipe.schedule == "one_cycle" else done
    return low + (recipe.lr - low) * (1 + math.cos(math.pi * fall)) / 2


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


@dataclass(frozen=True)
class Targets:
    """What a batch is to learn, as shares: the label `[N,7]`, the teachers' answer `[N,7]`, the crowd's votes `[N,10]`.

    A target that nobody gave is None.
    """

    label: Tensor
    teachers: Tensor | None = None
    votes: Tensor | None = None

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Targets":
        teachers, votes = (None if part is None else change(part) for part in (self.teachers, self.votes))
        return Targets(change(self.label), teachers, votes)

    def __getitem__(self, rows: Tensor) -> "Targets":
        """Return the targets of some images."""
        return self._each(lambda part: part[rows])

    def mixed(self, other: Tensor, share: float) -> "Targets":
        """Blend each image's targets with those of the image `other` of the batch, as `mixup` blends the images."""
        return self._each(lambda part: part * share + part[other] * (1 - share))


def loss_of(
    logits: Tensor, votes: Tensor | None, targets: Targets, recipe: Recipe, *, shares: Tensor | None = None
) -> Tensor:
    """Return the cross-entropy to label and teachers, plus `recipe.votes` times that to the crowd's votes, in nats.

    shares : of the classes in Training `[7]`, for a recipe that adjusts logits by them
    """
    if recipe.adjust and shares is not None:
        logits = logits.float() + recipe.adjust * torch.log(shares.clamp(min=1e-6))
    loss = F.cross_entropy(logits.float(), targets.label, label_smoothing=recipe.label_smoothing)
    if targets.teachers is not None:
        loss = (1 - recipe.distil) * loss + recipe.distil * F.cross_entropy(logits.float(), targets.teachers)
    if votes is not None and targets.votes is not None and recipe.votes:
        loss = loss + recipe.votes * F.cross_entropy(votes.float(), targets.votes)
    return loss
