"""Further seeds of a family: networks outside the roster that show how far a seed alone moves what a network says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.card import CARD, Card
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import ArtifactDamaged

if TYPE_CHECKING:
    from fer_core.artifacts.files import Files


@dataclass(frozen=True, eq=False)
class Seeds:
    """Networks that `collect --seeds` took in.

    cards : by name, in order; logits : float32 [S,N,7] of "valid" and "test", full test-time augmentation, CSV order
    """

    cards: Mapping[str, Card]
    logits: Mapping[str, NDArray[np.float32]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the networks, in order."""
        return tuple(self.cards)


def seeds_file(split: str) -> str:
    """Return the relative path of the cached logits of "valid" or "test"."""
    if split not in SPLITS[1:]:
        raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
    return f"logits/seeds_{split}.npz"


def read_seeds(files: "Files", images: Mapping[str, int]) -> Seeds | None:
    """Read the further seeds, None where there are none; `images` are the rows of each split."""
    if not files.has(seeds_file("valid")):
        return None
    logits: dict[str, NDArray[np.float32]] = {}
    names: tuple[str, ...] = ()
    for split in SPLITS[1:]:
        relative = seeds_file(split)
        found = files.arrays(relative)
        listed = tuple(map(str, found.get("members", np.empty(0)).ravel()))
        if not listed or (names and listed != names):
            raise ArtifactDamaged(f"{files.root / relative} names no network, or others than the other split.")
        names = listed
        logits[split] = files.checked(found, relative, "logits", np.float32, (len(names), images[split], len(EMOTIONS)))
        if not np.isfinite(logits[split]).all():
            raise ArtifactDamaged(f"{files.root / relative} holds a logit that is not finite.")
    cards = {}
    for name in names:
        relative = f"seeds/{name}/{CARD}"
        cards[name] = Card.from_json(files.read(relative), where=str(files.root / relative))
    return Seeds(cards, logits)
