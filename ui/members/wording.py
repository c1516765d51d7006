"""A member's recipe in plain words, from its card alone."""

from collections.abc import Mapping
from typing import Any

from fer_core.artifacts import Card

_SCHEDULES = {
    "one_cycle": "the learning rate rises to {lr:g} over the first {warmup:.0%} of the steps, then falls to nearly 0",
    "cosine": "the learning rate falls from {lr:g} to nearly 0",
    "constant": "the learning rate stays at {lr:g}",
}
_OPTIMISERS = {"sgd": "stochastic gradient descent with Nesterov momentum", "adamw": "AdamW"}


def sentences(card: Card) -> list[str]:
    """Return how a member was made, a line for each step; what an older card does not say is left out."""
    recipe = card.recipe
    lines = [_start(card), _schedule(recipe, card), _changes(recipe), _targets(recipe, card), _brakes(recipe)]
    lines += [_refinement(stage, card) for stage in recipe.get("refinements", ())]
    views = card.augmentation.get("views", 1)
    description = card.augmentation.get("description", "")
    lines.append(f"Scored on {views} views of each image ({description})." if views > 1 else "Scored on one view.")
    lines.append(_origin(recipe, card))
    return [line for line in lines if line]


def _sizes(recipe: Mapping[str, Any], card: Card) -> str:
    sizes = [*recipe.get("sizes", ()), card.input_size]
    if len(sizes) == 1:
        return f"on {sizes[0]} pixels"
    return f"equal numbers on {', then '.join(map(str, sizes))} pixels"


def _start(card: Card) -> str:
    epochs = card.continues.get("epochs")
    return f"It starts from the weights of an earlier training of {epochs} epochs." if epochs else ""


def _schedule(recipe: Mapping[str, Any], card: Card) -> str:
    text = f"{recipe.get('epochs', card.epochs)} epochs, {_sizes(recipe, card)}"
    if "batch" in recipe:
        text += f", batch size {recipe['batch']}"
    return f"{text}{_steps(recipe)}."


def _steps(recipe: Mapping[str, Any]) -> str:
    """Say optimiser, learning rate and weight decay, as far as they are known."""
    parts = [_OPTIMISERS[recipe["optimiser"]]] if recipe.get("optimiser") in _OPTIMISERS else []
    if recipe.get("schedule") in _SCHEDULES and "lr" in recipe:
        words = _SCHEDULES[recipe["schedule"]]
        parts.append(words.format(lr=recipe["lr"], warmup=recipe.get("warmup", 0)))
    if recipe.get("weight_decay"):
        parts.append(f"weight decay {recipe['weight_decay']:g}")
    return f"; {'; '.join(parts)}" if parts else ""


def _changes(recipe: Mapping[str, Any]) -> str:
    """Say how images are changed at random."""
    parts = ["mirrored half of the time"] if recipe.get("flip") else []
    if recipe.get("rotate"):
        parts.append(f"turned by up to {recipe['rotate']:g}°")
    words = {
        "scale": "scaled",
        "shift": "shifted",
        "brightness": "made brighter or darker",
        "contrast": "contrast changed",
    }
    groups: dict[float, list[str]] = {}
    for key, word in words.items():
        if recipe.get(key):
            groups.setdefault(recipe[key], []).append(word)
    parts += [f"{_and(words)} by up to {share:.0%}" for share, words in groups.items()]
    if recipe.get("erase"):
        parts.append(f"a rectangle greyed out in {recipe['erase']:.0%} of them")
    damages = {
        "cover": "a half covered",
        "shrink": "reduced to fewer pixels",
        "blur": "blurred",
        "noise": "made grainy",
        "jpeg": "strongly compressed",
    }
    parts += [f"{word} in {recipe[key]:.0%} of them" for key, word in damages.items() if recipe.get(key)]
    if not parts:
        return ""
    mixed = f" Pairs of images are blended (mixup, alpha {recipe['mixup']:g})." if recipe.get("mixup") else ""
    return f"Images are changed at random: {', '.join(parts)}.{mixed}"


def _targets(recipe: Mapping[str, Any], card: Card) -> str:
    """Say what it learns from beside the labels."""
    parts = []
    if recipe.get("label_smoothing"):
        parts.append(f"labels softened by {recipe['label_smoothing']:g}")
    if recipe.get("balance"):
        parts.append(f"rare emotions more often (class size to the power -{recipe['balance']:g})")
    if recipe.get("adjust"):
        parts.append(f"logits adjusted by {recipe['adjust']:g} times the log of the class share")
    if recipe.get("votes"):
        parts.append(f"the FER+ crowd's votes as a second target of weight {recipe['votes']:g}")
    if card.teachers:
        share = f", {recipe['distil']:.0%} of the loss" if "distil" in recipe else ""
        parts.append(f"the answers of {_and(list(card.teachers))}{share}")
    return f"It learns from {_and(parts)}." if parts else ""


def _brakes(recipe: Mapping[str, Any]) -> str:
    """Say what keeps it from learning by heart."""
    parts = []
    if recipe.get("dropout"):
        parts.append(f"dropout {recipe['dropout']:g}")
    if recipe.get("clip"):
        parts.append(f"gradient clipping at {recipe['clip']:g}")
    if recipe.get("ema"):
        parts.append(f"weights averaged over the steps (decay {recipe['ema']:g})")
    if recipe.get("patience"):
        parts.append(f"early stopping (patience {recipe['patience']})")
    text = _and(parts)
    return f"{text[0].upper()}{text[1:]}." if parts else ""


def _refinement(stage: Mapping[str, Any], card: Card) -> str:
    batch = f", batch size {stage['batch']}" if "batch" in stage else ""
    return f"Then refined for {stage.get('epochs', 0)} epochs, {_sizes(stage, card)}{batch}{_steps(stage)}."


def _origin(recipe: Mapping[str, Any], card: Card) -> str:
    precision = f" in {recipe['precision']}" if "precision" in recipe else ""
    speed = card.throughput.get("images_per_second")
    share = card.throughput.get("share_of_ceiling")
    rate = f", {speed:,.0f} images/s in the last epoch" if speed else ""
    if speed and share:
        rate += f" ({share:.0%} of what the device can multiply)"
    minutes = f"{card.wall_seconds / 60:.0f} minutes" if card.wall_seconds >= 90 else f"{card.wall_seconds:.0f} seconds"
    return f"Trained in {minutes} on {card.hardware}{precision}{rate}; seed {card.seed}, commit {card.commit[:12]}."


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
