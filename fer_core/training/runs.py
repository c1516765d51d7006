"""The folder `runs/NAME` of one training: a resumable checkpoint, and when it is done all that `collect` needs."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from torch.utils.flop_counter import FlopCounterMode

from fer_core.artifacts.card import CARD, HISTORY, WEIGHTS, Epoch
from fer_core.atomic import write_atomically
from fer_core.dataset import Dataset
from fer_core.emotions import EMOTIONS
from fer_core.errors import ArtifactDamaged, RunError
from fer_core.inference import FULL, load_member, member_logits, pack_weights, to_tensor, unpack_member, views
from fer_core.models import Member, arguments_of
from fer_core.models.structure import structure
from fer_core.training.beginning import Start, TrainingData
from fer_core.training.checkpoint import CHECKPOINT, LOGITS
from fer_core.training.machine import hardware, matmul_ceiling, versions
from fer_core.training.trainer import Trained, Trainer


def training_data(dataset: Dataset, *, votes: bool) -> TrainingData:
    """Take Training and PublicTest, and nothing of PrivateTest, out of a data set; `votes` takes FER+'s along."""
    train, valid = dataset.split("train"), dataset.split("valid")
    return TrainingData(train.images, train.labels, valid.images, valid.labels, train.votes if votes else None)


def prepare(folder: Path, *, resume: bool, restart: bool) -> bool:
    """Make a run's folder ready; return False when the run is done and there is nothing to train.

    Raises RunError when the folder holds a run and neither `resume` nor `restart` says what to do with it.
    """
    done, begun = (folder / CARD).exists(), (folder / CHECKPOINT).exists()
    if (done or begun) and not (resume or restart):
        state = "a finished run" if done else "an unfinished run"
        raise RunError(f"{folder} holds {state}: go on with --resume, or start over with --restart.")
    if done and resume:
        return False
    if restart:
        for name in (CARD, LOGITS, HISTORY, WEIGHTS, CHECKPOINT):
            (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    return True


def start_of(folder: Path, *, architecture: str) -> tuple[Start, dict[str, Any]]:
    """Return where the training of a finished member is to go on, and the network's arguments.

    folder : of a finished run, or `artifacts/members/NAME`
    Raises RunError for one that is none, or of another architecture.
    """
    try:
        content = (folder / WEIGHTS).read_bytes()
        card = json.loads((folder / CARD).read_bytes())
        member = unpack_member(content, card, where=folder / WEIGHTS)
        before = int(card.get("continues", {}).get("epochs", 0))
        arguments = dict(card["arguments"]) | {"preprocessing": card["preprocessing"]}
        start = Start(member.state_dict(), hashlib.sha256(content).hexdigest(), before + int(card["best_epoch"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArtifactDamaged) as error:
        raise RunError(f"{folder} holds no finished member to go on from.") from error
    if card["architecture"] != architecture:
        raise RunError(f"{folder} is of the architecture {card['architecture']}, not {architecture}.")
    return start, arguments


def macs(member: Member) -> int:
    """Count the multiply-accumulate operations of one view of one image."""
    device = next(member.parameters()).device
    image = to_tensor(np.zeros((1, 48, 48), np.uint8), device)
    with FlopCounterMode(display=False) as counter:
        member(image)
    return int(counter.get_total_flops()) // 2


def share_of_ceiling(member: Member, images_per_second: float) -> float:
    """Return the share of the device's matrix-multiply ceiling that training at a rate in images/s reaches.

    A step takes three times the operations of a forward pass: backward, gradients go to the maps and to the weights.
    """
    device = next(member.parameters()).device
    return 3 * 2 * macs(member) * images_per_second / matmul_ceiling(device)


def history_csv(history: list[Epoch]) -> bytes:
    """Return history.csv of a run."""
    import pandas as pd  # here, because it is large

    columns = ["epoch", "lr", "train_loss", "valid_loss", "valid_accuracy"]
    rows = pd.DataFrame([asdict(row) for row in history], columns=columns)
    text: str = rows.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    return text.encode()


def finish(
    folder: Path,
    name: str,
    trainer: Trainer,
    trained: Trained,
    dataset: Dataset,
    *,
    advance: Callable[[int], None] = lambda images: None,
) -> dict[str, Any]:
    """Write weights, history, logits and, last, the card of a finished training; return the card.

    Logits come from the weights as stored.  PrivateTest logits are computed here so that collecting needs no network;
    they are scored by `collect` alone.
    """
    member = trained.member
    network = trainer.identity["network"]
    card: dict[str, Any] = {
        "name": name,
        "architecture": network["architecture"],
        "classes": list(EMOTIONS),
        "arguments": arguments_of(**{k: v for k, v in network.items() if k != "preprocessing"}),
        "parameters": sum(p.numel() for p in member.parameters()),
        "macs": macs(member),
        "input_size": member.preprocessing.size,
        "preprocessing": member.preprocessing.as_dict(),
        "augmentation": {"views": views(member), "description": FULL},
        "recipe": trainer.recipe.as_dict(),
        "teachers": trainer.identity["teachers"],
        "continues": trainer.identity.get("continues", {}),
        "seed": trainer.seed,
        "epochs": trained.progress.epoch,
        "best_epoch": trained.progress.best_epoch,
        "hardware": hardware(trainer.device),
        "versions": versions(),
        "commit": trainer.commit,
        "throughput": {
            "images_per_second": round(trained.progress.images_per_second, 1),
            "share_of_ceiling": round(share_of_ceiling(member, trained.progress.images_per_second), 4),
        },
        "wall_seconds": round(trained.progress.seconds, 1),
        "layers": [asdict(layer) for layer in structure(member)],
    }
    write_atomically(folder / WEIGHTS, pack_weights(member))
    write_atomically(folder / HISTORY, history_csv(trained.progress.history))
    stored = load_member(folder / WEIGHTS, card, device=trainer.device)
    arrays: dict[str, Any] = {}
    scores = {}
    for split in ("valid", "test"):
        part = dataset.split(split)
        arrays[f"{split}_labels"], arrays[f"{split}_rows"] = part.labels, part.rows
        for kind, full in (("full", True), ("one_view", False)):
            arrays[f"{split}_{kind}"] = member_logits(stored, part.images, full=full, advance=advance)
    for kind in ("one_view", "full"):
        hits = arrays[f"valid_{kind}"].argmax(1) == arrays["valid_labels"]
        scores[kind] = float(hits.mean())
    card["scores"] = {"valid": scores, "test": None}
    content = io.BytesIO()
    np.savez(content, **arrays)
    write_atomically(folder / LOGITS, content.getvalue())
    write_atomically(folder / CARD, (json.dumps(card, indent=2, sort_keys=True) + "\n").encode())
    return card
