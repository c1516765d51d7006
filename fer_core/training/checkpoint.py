"""A resumable state of training in one file without pickle, replaced as a whole or not at all."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from fer_core.artifacts.card import Epoch
from fer_core.atomic import write_atomically
from fer_core.errors import RunError

CHECKPOINT, LOGITS = "checkpoint.safetensors", "logits.npz"
"""Files of a run beside those of a member: what `--resume` goes on from, and the logits of both scored splits."""


@dataclass
class Progress:
    """What is known after some epochs, beside the tensors."""

    identity: dict[str, Any]
    epoch: int = 0
    best_epoch: int = 0
    best_accuracy: float = -1.0
    seconds: float = 0.0
    images_per_second: float = 0.0
    history: list[Epoch] = field(default_factory=list)


def optimiser_tensors(network: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimiser's state by parameter name: `optim.PARAMETER|KEY`."""
    names: dict[Tensor, str] = {parameter: name for name, parameter in network.named_parameters()}
    return {
        f"optim.{names[parameter]}|{key}": value
        for parameter, state in optimiser.state.items()
        for key, value in state.items()
        if isinstance(value, Tensor)
    }


def restore_optimiser(network: nn.Module, optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Undo `optimiser_tensors`."""
    parameters = dict(network.named_parameters())
    for key, value in tensors.items():
        if key.startswith("optim."):
            name, field_name = key.removeprefix("optim.").rsplit("|", 1)
            kept = value.to(parameters[name].device) if value.ndim else value
            optimiser.state[parameters[name]][field_name] = kept


def save_checkpoint(path: Path, tensors: dict[str, Tensor], progress: Progress) -> None:
    """Write tensors and progress; strides are kept out, so the file is the same whatever the memory format."""
    plain = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    write_atomically(path, save(plain, metadata={"progress": json.dumps(asdict(progress))}))


def load_checkpoint(path: Path, identity: dict[str, Any]) -> tuple[dict[str, Tensor], Progress]:
    """Read a checkpoint, and refuse one of another network, recipe, seed or data set by naming what differs."""
    try:
        with safe_open(path, framework="pt") as file:
            stored = json.loads(file.metadata()["progress"])
            # Copies: tensors that map the file keep Windows from replacing it after the next epoch.
            tensors = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118 - not a mapping
        history = [Epoch(**row) for row in stored.pop("history")]
        progress = Progress(**stored, history=history)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path} is damaged and cannot be resumed; train again with --restart.") from error
    now = json.loads(json.dumps(identity))
    changed = [key for key in now | progress.identity if progress.identity.get(key) != now.get(key)]
    if changed:
        raise RunError(f"{path} was made otherwise ({', '.join(changed)}); train again with --restart.")
    return tensors, progress
