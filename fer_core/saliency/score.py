"""What a map explains: one number an image, as a differentiable function of the image."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fer_core.emotions import EMOTIONS
from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Pool, log_softmax, outputs_of
from fer_core.ensemble.weightings import Weights, known, normalised
from fer_core.models import Member
from fer_core.saliency.draws import resting

Tick = Callable[[int], None]
"""Told how many images went through one network; may raise, to stop a map half-way."""

DIFFERENTIABLE = ("mean_probability", "mean_log_probability")
"""Combiners that gradients are followed through."""


@dataclass(frozen=True)
class Target:
    """Which number is explained: the log-probability of a class, or how far it lies above that of another.

    label : code of the class; None for the class that is predicted
    against : code of another class, None for none ("why `label` and not `against`?")
    """

    label: int | None = None
    against: int | None = None

    def __post_init__(self) -> None:
        """Refuse classes that do not exist, and a class against itself."""
        for name in ("label", "against"):
            code = getattr(self, name)
            if code is not None and not 0 <= code < len(EMOTIONS):
                raise ValueError(f"{name}: expected a class from 0 to {len(EMOTIONS) - 1}, got {code}")
        if self.against is not None and self.against == self.label:
            raise ValueError(f"against: expected another class than {EMOTIONS[self.against]}")

    def direction(self, logs: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return what log-probabilities `[N,C]` are multiplied by, so that their sum is the number: float32 `[N,C]`.

        Where the predicted class is meant and is `against` itself, the next one is taken.
        """
        rows, out = np.arange(len(logs)), np.zeros(logs.shape, np.float32)
        if self.label is not None:
            labels = np.full(len(logs), self.label)
        else:
            allowed = logs.astype(np.float64)
            if self.against is not None:
                allowed[:, self.against] = -np.inf
            labels = allowed.argmax(axis=1)
        out[rows, labels] = 1
        if self.against is not None:
            out[:, self.against] -= 1
        return out


def twin(network: Member) -> Member:
    """Return a copy of a network's modules around the very same weights.

    Methods that work by hooks change modules while they run.  On a copy nobody else sees that, and what an exception
    leaves behind goes with it; since weights are shared, it takes a millisecond and no memory.
    """
    shared: dict[int, object] = {id(tensor): tensor for tensor in chain(network.parameters(), network.buffers())}
    return copy.deepcopy(network, shared)


class Score(nn.Module):
    """Images `float32 [N,1,48,48]` in 0..1 and directions `[N,C]` -> the explained numbers `[N]`.

    networks : those whose outputs are used, one view each; tick : told of every pass
    """

    def __init__(self, networks: Sequence[Member], *, tick: Tick = lambda images: None) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.tick = tick

    def logits(self, images: Tensor) -> Tensor:
        """Return the logits of every network `[M,N,C]`."""
        every = []
        for network in self.networks:
            self.tick(len(images))
            every.append(network(images))
        return torch.stack(every)

    def logs(self, images: Tensor) -> Tensor:
        """Return the log-probabilities of every network `[M,N,C]`."""
        return torch.log_softmax(self.logits(images), dim=2)

    def pool(self, logs: Tensor) -> Tensor:
        """Return what they say together `[N,C]`; one network alone says what it says."""
        return logs[0]

    def forward(self, images: Tensor, direction: Tensor) -> Tensor:
        """Return the sum over classes of log-probability times direction."""
        with resting():
            return (self.pool(self.logs(images)) * direction).sum(dim=1)


class LogitScore(Score):
    """Logits less their mean, for methods that have a rule for each layer but none for the logarithm of the softmax.

    The mean is taken off because a constant added to all logits changes no decision and must change no map.
    """

    def logs(self, images: Tensor) -> Tensor:
        """Return centred logits `[M,N,C]`."""
        logits = self.logits(images)
        return logits - logits.mean(dim=2, keepdim=True)


class EnsembleScore(Score):
    """The logarithms of an ensemble's shares, under its weights and combiner: the ensemble as one function.

    weights : float64 `[M,C]`, each class summing to one over members
    rule : how members are pooled by a combiner that has learned it; None takes the combiner as it is
    renormalise : False leaves out that shares sum to one, so that mean log-probability is linear in its members
    """

    def __init__(
        self,
        networks: Sequence[Member],
        weights: Weights,
        combiner: str,
        *,
        rule: Pool | None = None,
        renormalise: bool = True,
        tick: Tick = lambda images: None,
    ) -> None:
        super().__init__(networks, tick=tick)
        known(COMBINERS, "combiner", combiner)
        if weights.shape != (len(networks), len(EMOTIONS)):
            raise ValueError(f"weights: expected shape [{len(networks)},{len(EMOTIONS)}], got {list(weights.shape)}")
        self.combiner, self.renormalise, self.exact = combiner, renormalise, normalised(weights)
        self.rule = COMBINERS[combiner].pool if rule is None else rule
        if self.rule is None:
            raise ValueError(f"rule: expected one for {COMBINERS[combiner].title}, which has to be fitted")
        self.register_buffer("weights", torch.tensor(weights, dtype=torch.float32), persistent=False)

    def pool(self, logs: Tensor) -> Tensor:
        """Return the logarithms of the shares `[N,C]`; for all but means without gradient."""
        weights = self.get_buffer("weights")[:, None, :]
        if self.combiner == "mean_probability":
            pooled = torch.logsumexp(logs + torch.log(weights), dim=0)
        elif self.combiner == "mean_log_probability":
            pooled = (logs * weights).sum(dim=0)
        else:
            assert self.rule is not None
            least = LEAST_SHARE if self.combiner == "hard_vote" else TINY
            shares = self.rule(outputs_of(log_softmax(logs.detach().cpu().numpy())), self.exact).shares
            return torch.log(torch.tensor(shares, dtype=torch.float32).clamp_min(least))
        return torch.log_softmax(pooled, dim=1) if self.renormalise else pooled


LEAST_SHARE = 0.01
"""A class without a vote has no logarithm; its share counts as one in a hundred."""
TINY = 1e-6
"""Nor has a class that other rules give nothing; its share counts as one in a million."""
