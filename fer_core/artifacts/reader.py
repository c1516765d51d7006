"""Reading artifacts/ as the contract describes it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.calibration import CALIBRATION, VIEWS, Calibration
from fer_core.artifacts.card import WEIGHTS, Card, Epoch, Seeds, read_history, read_seeds
from fer_core.artifacts.frame import FRAME, Frame
from fer_core.artifacts.manifest import COLLECT, MANIFEST, RESTORE, Files
from fer_core.artifacts.robustness import ROBUSTNESS, Robustness
from fer_core.artifacts.saliency import MEAN_SALIENCY, SALIENCY, MeanSaliency, SaliencyTable
from fer_core.artifacts.swap import recover
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import ArtifactDamaged, ArtifactError, ArtifactMissing

ENVIRONMENT = "FER_ARTIFACTS"
CALIBRATE = "run: python -m fer_core calibrate"


def default_root() -> Path:
    """Return the folder that FER_ARTIFACTS names, else `artifacts` beside the library."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else Path(__file__).resolve().parents[2] / "artifacts"


@dataclass(frozen=True)
class SplitLogits:
    """Cached logits of one split: float32 [M,N,7], labels int64 [N], and the members' names [M]."""

    logits: NDArray[np.float32]
    labels: NDArray[np.int64]
    members: tuple[str, ...]


class Artifacts(Files):
    """The artifacts of one folder, read as the contract describes them."""

    def __init__(self, root: Path, manifest_bytes: bytes) -> None:
        super().__init__(root, manifest_bytes)
        if self.manifest.classes != EMOTIONS:
            raise ArtifactDamaged(f"{root / MANIFEST} names other classes than {', '.join(EMOTIONS)}.")

    def logits(self, split: str, *, view: str = "full") -> SplitLogits:
        """Return the cached logits of "valid" or "test", members in the manifest's order.

        view : "full" for all crops and flips, "one_view" for the centre crop alone, which older artifacts do not have
        """
        relative = logits_file(split, view=view)
        if view != "full" and not self.has(relative):
            raise ArtifactMissing(f"{self.root / relative} is not among the artifacts; {CALIBRATE}")
        found, members = self.arrays(relative), self.manifest.members
        if view != "full" and tuple(map(str, found.get("weights", np.empty(0)).ravel())) != self.weights():
            raise ArtifactMissing(f"{self.root / relative} comes from other weights than those here; {CALIBRATE}")
        labels = self.checked(found, relative, "labels", np.int64, (None,))
        logits = self.checked(found, relative, "logits", np.float32, (len(members), len(labels), len(EMOTIONS)))
        if tuple(map(str, found.get("members", np.empty(0)).ravel())) != members:
            raise ArtifactDamaged(f"{self.root / relative} holds other members than the manifest, or in another order.")
        if not np.isfinite(logits).all() or not np.isin(labels, range(len(EMOTIONS))).all():
            raise ArtifactDamaged(f"{self.root / relative} holds a logit that is not finite or a label outside 0 to 6.")
        if not len(labels):
            raise ArtifactDamaged(f"{self.root / relative} holds no image.")
        return SplitLogits(logits, labels, members)

    def _images(self, split: str) -> int:
        """Return how many images are scored of "valid" or "test", without reading their logits."""
        relative = logits_file(split)
        found = self.arrays(relative, only=("labels",))
        return len(self.checked(found, relative, "labels", np.int64, (None,)))

    def twin_index(self, split: str) -> NDArray[np.int64]:
        """Return, for each image of "valid" or "test", the first identical Training image: int64 [N], -1 for none."""
        images, relative = self._images(split), "twins.npz"
        return self.checked(self.arrays(relative), relative, f"{split}_twin", np.int64, (images,))

    def rows(self) -> dict[str, NDArray[np.generic]]:
        """Return signatures float16 [N,64] and labels int64 [N] (`NAME_labels`) of each split."""
        relative = "rows.npz"
        found = self.arrays(relative)
        out: dict[str, NDArray[np.generic]] = {}
        for name in SPLITS:
            labels = self.checked(found, relative, f"{name}_labels", np.int64, (None,))
            out[f"{name}_labels"] = labels
            out[name] = self.checked(found, relative, name, np.float16, (len(labels), 64))
        return out

    def ferplus(self, split: str) -> NDArray[np.uint8]:
        """Return the FER+ votes of "valid" or "test": uint8 [N,10]."""
        images, relative = self._images(split), "ferplus.npz"
        return self.checked(self.arrays(relative), relative, split, np.uint8, (images, 10))

    def mean_faces(self) -> NDArray[np.uint8]:
        """Return the mean Training face of each emotion and of all: uint8 [8,48,48]."""
        relative = "mean_faces.npz"
        return self.checked(self.arrays(relative), relative, "faces", np.uint8, (len(EMOTIONS) + 1, 48, 48))

    def weights(self) -> tuple[str, ...]:
        """Return the SHA-256 of each member's weights, in the manifest's order."""
        return tuple(self.manifest.files.get(f"members/{name}/{WEIGHTS}", "") for name in self.manifest.members)

    def calibration(self) -> Calibration | None:
        """Return the temperatures; None where there are none, or where they were fitted with other weights."""
        if not self.has(CALIBRATION):
            return None
        found = Calibration.from_json(self.read(CALIBRATION), where=str(self.root / CALIBRATION))
        return found if dict(found.weights) == self._digests() else None

    def robustness(self) -> Robustness | None:
        """Return what damaged images cost, without members whose weights are others now; None where absent."""
        if not self.has(ROBUSTNESS):
            return None
        return Robustness.from_json(self.read(ROBUSTNESS), now=self._digests(), where=str(self.root / ROBUSTNESS))

    def saliency(self) -> SaliencyTable | None:
        """Return how far maps can be believed, without members whose weights are others now; None where absent."""
        if not self.has(SALIENCY):
            return None
        return SaliencyTable.from_json(self.read(SALIENCY), now=self._digests(), where=str(self.root / SALIENCY))

    def mean_saliency(self) -> MeanSaliency | None:
        """Return where members look on average, without those whose weights are others now; None where absent."""
        return MeanSaliency.read(self, now=self._digests()) if self.has(MEAN_SALIENCY) else None

    def _digests(self) -> dict[str, str]:
        return dict(zip(self.manifest.members, self.weights(), strict=True))

    def frame(self) -> Frame:
        """Return how FER-2013 frames a face."""
        if not self.has(FRAME):
            raise ArtifactMissing(f"{self.root / FRAME} is not among the artifacts; write it: python -m fer_core frame")
        return Frame.from_json(self.read(FRAME), where=str(self.root / FRAME))

    def card(self, member: str) -> Card:
        """Return a member's card."""
        if member not in self.manifest.members:
            raise ValueError(f"member: expected one of {', '.join(self.manifest.members)}, got {member!r}")
        relative = f"members/{member}/card.json"
        card = Card.from_json(self.read(relative), where=str(self.root / relative))
        if card.name != member:
            raise ArtifactDamaged(f"{self.root / relative} is the card of another member, {card.name!r}.")
        return card

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Every member's card, in order."""
        return {name: self.card(name) for name in self.manifest.members}

    @cached_property
    def seeds(self) -> Seeds | None:
        """Further seeds of a family, outside the roster; None where there are none."""
        return read_seeds(self, {split: len(self.logits(split).labels) for split in SPLITS[1:]})

    def history(self, member: str) -> tuple[Epoch, ...]:
        """Return a member's training history."""
        relative = f"members/{member}/history.csv"
        return read_history(self.read(relative).decode("utf-8", "replace"), where=str(self.root / relative))

    def check(self) -> list[str]:
        """Check every file of the manifest and of the contract; return one sentence for each that cannot be used."""
        found: dict[str, None] = {}
        steps: list[Callable[[], object]] = [partial(self.read, relative) for relative in sorted(self.manifest.files)]
        for name in self.manifest.members:
            steps += [partial(self.card, name), partial(self.history, name)]
            steps += [partial(self.read, f"members/{name}/{WEIGHTS}")]
        for split in SPLITS[1:]:
            steps += [partial(self.logits, split), partial(self.twin_index, split)]
            steps += [partial(self.ferplus, split)] if self.has("ferplus.npz") else []  # FER+ is not part of FER-2013
        steps += [self.frame] if self.has(FRAME) else []
        steps += [self.calibration] if self.has(CALIBRATION) else []
        steps += [self.robustness, self.saliency, self.mean_saliency, lambda: self.seeds]
        for step in (*steps, self.rows, self.mean_faces):
            try:
                step()
            except ArtifactError as error:
                found[str(error)] = None  # a file that several steps need is named once
        return list(found)


def logits_file(split: str, *, view: str = "full") -> str:
    """Return the relative path of cached logits."""
    if view not in VIEWS:
        raise ValueError(f"view: expected one of {', '.join(VIEWS)}, got {view!r}")
    return f"logits/{_scored(split)}{'' if view == 'full' else f'_{view}'}.npz"


def _scored(split: str) -> str:
    if split not in SPLITS[1:]:
        raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
    return split


def open_artifacts(root: Path | None = None) -> Artifacts:
    """Open the artifacts of a folder (default: `default_root()`), after finishing or undoing a half-made change.

    Raises ArtifactMissing when there are none, ArtifactTooNew for a later schema, ArtifactDamaged for a bad manifest.
    """
    root = root or default_root()
    for attempt in range(2):
        recover(root)
        try:
            return Artifacts(root, (root / MANIFEST).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            if attempt == 0:  # perhaps just between the two renames of a change under way
                continue
            if root.is_dir() and any(root.iterdir()):
                raise ArtifactMissing(f"{root / MANIFEST} is missing; {RESTORE}") from None
        except OSError as error:
            raise ArtifactDamaged(f"{root / MANIFEST} cannot be read: {error.strerror or error}.") from error
    raise ArtifactMissing(f"{root} holds no trained members yet; {COLLECT}")
