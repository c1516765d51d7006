"""Parameter groups, optimisers and learning-rate schedules."""

import math

import torch
from torch import nn

from fer_core.training.recipes import Recipe


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
