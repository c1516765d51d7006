"""How many images a second each member trains at, and what share of the machine's arithmetic that is."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from fer_core.dataset import FERPLUS_COLUMNS
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.models import MODELS
from fer_core.recipe import Recipe
from fer_core.training.beginning import TrainingData
from fer_core.training.machine import hardware, matmul_ceiling
from fer_core.training.recipes import recipe_for
from fer_core.training.runs import macs
from fer_core.training.trainer import Status, Trainer, default_device

BATCH, SECONDS = 128, 4.0
WARM_UP, AT_LEAST = 2, 3
"""Epochs that are not measured, and fewest that are."""


@dataclass(frozen=True)
class TrainingTiming:
    """One member in training.

    side : pixels; precision : the recipe's; images_per_second : median over steps, augmentation and optimiser included
    share_of_ceiling : its floating-point operations, 3 x 2 x MACs an image, as a share of what matrix products reach
    """

    member: str
    side: int
    precision: str
    macs: int
    steps: int
    images_per_second: float
    share_of_ceiling: float


@dataclass(frozen=True)
class TrainingBench:
    """Every member in training, and with what; ceiling : FLOP/s of bfloat16 matrix products on the same device."""

    device: str
    threads: int
    torch: str
    batch: int
    ceiling: float
    members: tuple[TrainingTiming, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


class _Enough(Exception):  # noqa: N818 - it is no error: it ends a training that has been watched long enough
    """The training has been watched long enough."""


def _made_up(steps: int) -> TrainingData:
    """Return random images for `steps` steps an epoch, with labels and votes, and one image to validate on."""
    rng, n = np.random.RandomState(0), steps * BATCH
    images = rng.randint(0, 256, (n + 1, SIDE, SIDE)).astype(np.uint8)
    labels = rng.randint(0, len(EMOTIONS), n + 1).astype(np.int64)
    votes = rng.multinomial(10, np.full(len(FERPLUS_COLUMNS), 1 / len(FERPLUS_COLUMNS)), n).astype(np.uint8)
    return TrainingData(images[:n], labels[:n], images[n:], labels[n:], votes)


def _endless(recipe: Recipe) -> Recipe:
    """Return the recipe at the bench's batch and the member's own size, longer than anybody watches."""
    return replace(recipe, batch=BATCH, epochs=10**6, patience=0, sizes=(), refinements=())


def _rates(trainer: Trainer, steps: int, seconds: float) -> list[float]:
    """Run a training and return the images a second of each epoch of `steps` steps, after those that warm up."""
    rates: list[float] = []
    began = 0.0

    def watch(status: Status) -> None:
        nonlocal began
        if status.step < steps:
            return
        if status.epoch <= WARM_UP:
            began = time.perf_counter()
            return
        rates.append(status.images_per_second)
        if len(rates) >= AT_LEAST and time.perf_counter() - began >= seconds:
            raise _Enough

    trainer.watch = watch
    with suppress(_Enough):
        trainer.run()
    return rates


def time_training(
    names: Sequence[str] | None = None,
    *,
    seconds: float | None = None,
    device: torch.device | None = None,
    begun: Callable[[str], None] = lambda name: None,
) -> TrainingBench:
    """Train each named member (default: all) on made-up images for some seconds, by its recipe and the real trainer.

    seconds : of each member, after it is warm (default: `SECONDS`)
    begun : called with the name of each member before it is timed
    Raises ValueError for a name that has no recipe.
    """
    where = device or default_device()
    cuda = where.type == "cuda"
    # Reading the loss after each step would keep a GPU waiting; on a CPU one step is long enough to be timed alone.
    steps = 20 if cuda else 1
    data, found, ceiling = _made_up(steps), [], 0.0
    for name in names if names is not None else tuple(MODELS):
        begun(name)
        recipe = _endless(recipe_for(name))
        # Whatever else the machine does slows products down too, so its best moment is the ceiling.
        ceiling = max(ceiling, matmul_ceiling(where))
        trainer = Trainer(name, recipe, data, device=where, compiled=cuda)
        rates = _rates(trainer, steps, SECONDS if seconds is None else seconds)
        member = trainer.member.eval()
        found.append((name, member.preprocessing.size, recipe.precision, macs(member), rates))
    return TrainingBench(
        device=hardware(where),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        batch=BATCH,
        ceiling=ceiling,
        members=tuple(
            TrainingTiming(
                member=name,
                side=side,
                precision=precision,
                macs=count,
                steps=steps * len(rates),
                images_per_second=float(np.median(rates)),
                share_of_ceiling=6 * count * float(np.median(rates)) / ceiling,
            )
            for name, side, precision, count, rates in found
        ),
    )
