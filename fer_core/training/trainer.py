"""The one trainer, for CPU and CUDA: the data set is a tensor on the device and is augmented there in batches."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from fer_core.artifacts.card import Epoch
from fer_core.emotions import EMOTIONS
from fer_core.errors import RunError
from fer_core.models import Member, build
from fer_core.recipe import Recipe
from fer_core.training.augment import augment, mixup
from fer_core.training.beginning import Start, Teaching, TrainingData
from fer_core.training.checkpoint import (
    Progress,
    load_checkpoint,
    optimiser_tensors,
    restore_optimiser,
    save_checkpoint,
)
from fer_core.training.machine import commit
from fer_core.training.objective import Pupil, Targets, learning_rate, loss_of, make_optimiser, vote_shares


@dataclass(frozen=True)
class Status:
    """Where a training stands, for whoever watches it; `epoch` counts from 1, `seconds_left` is an estimate."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    valid_accuracy: float
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Trained:
    """A finished training: the member with the weights of its best epoch, and how it came to them."""

    member: Member
    progress: Progress
    resumed_from: int


def default_device() -> torch.device:
    """Return CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Trainer:
    """One training of one member.

    Each epoch draws from generators seeded by (seed, epoch) alone and the learning rate is a function of the step, so
    that a run that was killed ends with the weights of an unbroken one.
    """

    def __init__(
        self,
        architecture: str,
        recipe: Recipe,
        data: TrainingData,
        *,
        seed: int = 0,
        device: torch.device | None = None,
        arguments: dict[str, Any] | None = None,
        teaching: Teaching | None = None,
        start: Start | None = None,
        compiled: bool = False,
    ) -> None:
        largest = max(stage.batch for stage in recipe.stages)
        if len(data.images) < largest:
            raise RunError(f"Training has {len(data.images):,} images, fewer than one batch of {largest}.")
        if recipe.by_votes and data.votes is None:
            raise RunError(
                "this recipe learns from the FER+ votes, and the data set has none: pack it with --ferplus "
                "fer2013new.csv, or train with --no-votes."
            )
        self.recipe, self.seed, self.device = recipe, seed, device or default_device()
        self.arguments = dict(arguments or {})
        if recipe.dropout is not None:
            self.arguments.setdefault("dropout", recipe.dropout)
        self.identity: dict[str, Any] = {
            "network": {"architecture": architecture, **self.arguments},
            "recipe": recipe.as_dict(),
            "seed": seed,
            "data set": data.fingerprint(),
            "teachers": teaching.teachers if teaching else {},
        }
        if start is not None:
            self.identity["continues"] = {"weights": start.digest, "epochs": start.epochs}
        torch.manual_seed(seed)
        self.member = build(architecture, **self.arguments)
        if start is not None:
            self.member.load_state_dict(start.weights)
        self.pupil = Pupil(self.member, votes=recipe.by_votes, dropout=recipe.dropout or 0.0)
        self.pupil.to(self.device).to(memory_format=torch.channels_last)
        self.forward: Callable[..., tuple[Tensor, Tensor | None]] = (
            torch.compile(self.pupil) if compiled else self.pupil
        )
        self.optimiser = make_optimiser(self.pupil, recipe)
        self.ema = {k: v.detach().clone() for k, v in self.member.state_dict().items()} if recipe.ema else {}
        self.best: dict[str, Tensor] = {}
        self.images = torch.from_numpy(data.images).to(self.device).unsqueeze(1)
        self.targets = Targets(
            F.one_hot(torch.from_numpy(data.labels).to(self.device), len(EMOTIONS)).float(),
            torch.from_numpy(teaching.shares).to(self.device) if teaching else None,
            vote_shares(torch.from_numpy(data.votes).to(self.device)) if data.votes is not None else None,
        )
        self.shares = self.targets.label.mean(dim=0)
        self.valid_images = torch.from_numpy(data.valid_images).to(self.device).unsqueeze(1)
        self.valid_labels = torch.from_numpy(data.valid_labels).to(self.device)
        self.progress = Progress(identity=self.identity)
        self.commit = commit()
        self.watch: Callable[[Status], None] = lambda status: None

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self.recipe.precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def steps(self, stage: Recipe) -> int:
        """Return the optimiser steps of an epoch of a stage."""
        return len(self.images) // stage.batch

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole training."""
        return sum(stage.epochs * self.steps(stage) for stage in self.recipe.stages)

    def _order(self, stage: Recipe, generator: torch.Generator) -> Tensor:
        """Return which images an epoch shows, in order: each once, or rare classes more often than others."""
        n = len(self.images)
        if not stage.balance:
            return torch.randperm(n, generator=generator, device=self.device)
        weights = (self.targets.label @ self.shares) ** -stage.balance
        return torch.multinomial(weights, n, replacement=True, generator=generator)

    def _step(self, picked: Tensor, stage: Recipe, rate: float, size: int | None, generator: torch.Generator) -> Tensor:
        """Take one optimiser step on the images `picked` and return the loss, still on the device."""
        images, targets = augment(self.images[picked], stage, generator), self.targets[picked]
        if stage.mixup:
            images, targets = mixup(images, targets, stage.mixup, generator)
        with self._autocast():
            logits, votes = self.forward(images, size=size)
        loss = loss_of(logits, votes, targets, stage, shares=self.shares)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if stage.clip:
            torch.nn.utils.clip_grad_norm_(self.pupil.parameters(), stage.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        if self.ema:
            for key, value in self.member.state_dict().items():
                if value.is_floating_point():
                    self.ema[key].lerp_(value, 1 - self.recipe.ema)
                else:
                    self.ema[key].copy_(value)
        return loss.detach()

    @torch.no_grad()
    def _validate(self, size: int | None) -> tuple[float, float]:
        """Return cross-entropy and accuracy of one view on PublicTest, of the averaged weights if there are any."""
        kept = {k: v.detach().clone() for k, v in self.member.state_dict().items()} if self.ema else {}
        if self.ema:
            self.member.load_state_dict(self.ema)
        self.member.eval()
        loss, hits = 0.0, 0
        for images, labels in zip(
            torch.split(self.valid_images, 512), torch.split(self.valid_labels, 512), strict=True
        ):
            with self._autocast():
                logits = self.member(images.float() / 255, size=size).float()
            loss += float(F.cross_entropy(logits, labels, reduction="sum"))
            hits += int((logits.argmax(1) == labels).sum())
        self.member.train()
        if kept:
            self.member.load_state_dict(kept)
        return loss / len(self.valid_labels), hits / len(self.valid_labels)

    def _epoch(self, epoch: int) -> Epoch:
        """Train one epoch, counted from 0, validate, and remember the weights if they are the best so far."""
        torch.manual_seed((self.seed << 20) + epoch)  # dropout draws from the global generator
        generator = torch.Generator(self.device).manual_seed((self.seed << 20) + epoch)
        stage, at = self.recipe.place(epoch)
        if epoch and not at:
            self.optimiser = make_optimiser(self.pupil, stage)
        steps, size = self.steps(stage), self.recipe.side(epoch)
        rates = [learning_rate(stage, at * steps + step, stage.epochs * steps) for step in range(steps)]
        order = self._order(stage, generator)
        total, began = torch.zeros((), device=self.device), time.perf_counter()
        for step in range(steps):
            picked = order[step * stage.batch : (step + 1) * stage.batch]
            total += self._step(picked, stage, rates[step], size, generator)
            if step % 10 == 9 or step + 1 == steps:
                self._show(epoch, step + 1, steps, float(total), time.perf_counter() - began)
        self.progress.images_per_second = steps * stage.batch / (time.perf_counter() - began)
        loss, accuracy = self._validate(size)
        if size is None and accuracy > self.progress.best_accuracy:
            self.progress.best_accuracy, self.progress.best_epoch = accuracy, epoch + 1
            source = self.ema or self.member.state_dict()
            self.best = {k: v.detach().clone() for k, v in source.items()}
        return Epoch(epoch + 1, rates[0], float(total) / steps, loss, accuracy)

    def _show(self, epoch: int, step: int, steps: int, total: float, seconds: float) -> None:
        """Tell whoever watches; the time left takes all epochs to be like this one."""
        images = step * self.recipe.place(epoch)[0].batch
        left = self.recipe.total_epochs - epoch - step / steps
        self.watch(
            Status(
                epoch + 1,
                self.recipe.total_epochs,
                step,
                steps,
                total / step,
                self.progress.best_accuracy,
                images / seconds,
                left * steps * seconds / step,
            )
        )

    def _save(self, path: Path) -> None:
        tensors = {f"model.{k}": v for k, v in self.member.state_dict().items()}
        tensors |= {f"ema.{k}": v for k, v in self.ema.items()}
        tensors |= {f"best.{k}": v for k, v in self.best.items()}
        if self.pupil.votes is not None:
            tensors |= {f"votes.{k}": v for k, v in self.pupil.votes.state_dict().items()}
        save_checkpoint(path, tensors | optimiser_tensors(self.pupil, self.optimiser), self.progress)

    def _load(self, path: Path) -> None:
        tensors, self.progress = load_checkpoint(path, self.identity)

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v.to(self.device) for k, v in tensors.items() if k.startswith(prefix)}

        self.member.load_state_dict(part("model."))
        if self.pupil.votes is not None:
            self.pupil.votes.load_state_dict(part("votes."))
        stage, at = self.recipe.place(min(self.progress.epoch, self.recipe.total_epochs - 1))
        if at:  # a stage begins with a fresh optimiser
            self.optimiser = make_optimiser(self.pupil, stage)
            restore_optimiser(self.pupil, self.optimiser, tensors)
        self.ema, self.best = part("ema."), part("best.")

    def run(self, checkpoint: Path | None = None, *, resume: bool = False) -> Trained:
        """Train to the end of the recipe, or until its patience is out.

        checkpoint : file written after every epoch; `resume` goes on from it if it exists
        """
        if resume and checkpoint is not None and checkpoint.exists():
            self._load(checkpoint)
        resumed_from = self.progress.epoch
        self.pupil.train()
        for epoch in range(self.progress.epoch, self.recipe.total_epochs):
            since = self.progress.epoch - self.progress.best_epoch
            if self.recipe.patience and self.best and since >= self.recipe.patience:
                break
            began = time.perf_counter()
            row = self._epoch(epoch)
            if not np.isfinite(row.train_loss):
                raise RunError(f"the training loss became {row.train_loss} in epoch {row.epoch}; try a lower lr.")
            self.progress.history.append(row)
            self.progress.epoch = epoch + 1
            self.progress.seconds += time.perf_counter() - began
            if checkpoint is not None:
                self._save(checkpoint)
        self.member.load_state_dict(self.best)
        self.member.eval()
        return Trained(self.member, self.progress, resumed_from)
