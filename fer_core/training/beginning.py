"""What a training begins with: its data, and the weights of a finished member where it goes on from one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


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
