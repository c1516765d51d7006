"""Finished members as teachers: what they say of Training is one more target of those that come after."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.artifacts.card import CARD, WEIGHTS
from fer_core.errors import ArtifactDamaged, RunError
from fer_core.inference import load_member, member_logits


@dataclass(frozen=True)
class Teaching:
    """What an ensemble of teachers says of the Training images.

    teachers : the SHA-256 of each teacher's weights, by its name
    shares : float32 [N,7], the mean of the teachers' probabilities of one view
    """

    teachers: dict[str, str]
    shares: NDArray[np.float32]


def find_teachers(folder: Path) -> list[Path]:
    """Return the members below a folder of finished runs, or of `artifacts/members`; raises RunError for none."""
    found = sorted(path.parent for path in folder.glob(f"*/{CARD}") if (path.parent / WEIGHTS).exists())
    if not found:
        raise RunError(f"{folder} holds no finished member to learn from; train one first, without --teachers.")
    return found


def teach(
    folder: Path,
    images: NDArray[np.uint8],
    *,
    device: torch.device | str = "cpu",
    advance: Callable[[int], None] = lambda images: None,
) -> Teaching:
    """Ask every member below a folder what it says of images uint8 [N,48,48]; raises RunError naming a damaged one."""
    found = find_teachers(folder)
    teachers: dict[str, str] = {}
    total = np.zeros((len(images), 7), np.float64)
    for path in found:
        try:
            card = json.loads((path / CARD).read_bytes())
            member = load_member(path / WEIGHTS, card, device=device)
        except (OSError, ValueError, KeyError, TypeError, ArtifactDamaged) as error:
            raise RunError(f"{path} cannot teach: its card and weights do not make a member.") from error
        teachers[path.name] = hashlib.sha256((path / WEIGHTS).read_bytes()).hexdigest()
        total += np.exp(member_logits(member, images, full=False, advance=advance))
    return Teaching(teachers, (total / len(found)).astype(np.float32))
