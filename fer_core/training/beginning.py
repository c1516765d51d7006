"""What a training begins with: data, what teachers say of it, and the weights of a finished member to go on from."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fer_core.artifacts.card import CARD, WEIGHTS
from fer_core.errors import ArtifactDamaged, RunError
from fer_core.inference import load_member, member_logits


@dataclass(frozen=True)
class TrainingData:
    """Images `uint8 [N,48,48]` and labels `int64 [N]` of Training and of PublicTest; PrivateTest is not here.

    votes : FER+ votes `uint8 [N,10]` of Training, for recipes that learn from them
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    valid_images: NDArray[np.uint8]
    valid_labels: NDArray[np.int64]
    votes: NDArray[np.uint8] | None = None

    def fingerprint(self) -> str:
        """Return a digest of all of it, so that a resumed run cannot change its data unseen."""
        digest = hashlib.sha256()
        votes = () if self.votes is None else (self.votes,)
        for array in (self.images, self.labels, self.valid_images, self.valid_labels, *votes):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Start:
    """A finished member whose training goes on: its weights, their SHA-256, and the epochs that it has learned for."""

    weights: Mapping[str, Tensor]
    digest: str
    epochs: int


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
