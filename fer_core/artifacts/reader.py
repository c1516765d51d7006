"""Reading artifacts/: every file is checked against its SHA-256 in the manifest before it is used."""

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.card import Card, Epoch, read_history
from fer_core.artifacts.manifest import MANIFEST, Manifest
from fer_core.artifacts.swap import recover
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import ArtifactDamaged, ArtifactError, ArtifactMissing

ENVIRONMENT = "FER_ARTIFACTS"
COLLECT = "train members and run: python -m fer_core collect"


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


class Artifacts:
    """The artifacts of one folder.

    root : the folder; manifest : its manifest; fingerprint : SHA-256 of the manifest, which changes with any file
    """

    def __init__(self, root: Path, manifest_bytes: bytes) -> None:
        self.root = root
        self.manifest = Manifest.from_json(manifest_bytes, where=root / MANIFEST)
        self.fingerprint = hashlib.sha256(manifest_bytes).hexdigest()
        if self.manifest.classes != EMOTIONS:
            raise ArtifactDamaged(f"{root / MANIFEST} names other classes than {', '.join(EMOTIONS)}.")

    def has(self, relative: str) -> bool:
        """Tell whether the manifest names a file."""
        return relative in self.manifest.files

    def read(self, relative: str) -> bytes:
        """Return a file's bytes, after comparing their SHA-256 with the manifest's.

        Raises ArtifactMissing or ArtifactDamaged, naming the file.
        """
        path = self.root / relative
        if not self.has(relative):
            raise ArtifactMissing(f"{path} is not among the artifacts; {COLLECT}")
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise ArtifactMissing(f"{path} is missing; restore artifacts/ from the repository.") from None
        except OSError as error:
            raise ArtifactDamaged(f"{path} cannot be read: {error.strerror or error}.") from error
        if hashlib.sha256(content).hexdigest() != self.manifest.files[relative]:
            raise ArtifactDamaged(
                f"{path} is not the file that the manifest names (its SHA-256 differs); "
                "restore artifacts/ from the repository."
            )
        return content

    def path(self, relative: str) -> Path:
        """Return the path of a file whose SHA-256 was just checked."""
        self.read(relative)
        return self.root / relative

    def arrays(self, relative: str) -> dict[str, NDArray[np.generic]]:
        """Return all arrays of an npz file; nothing is unpickled."""
        content = self.read(relative)
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                return {key: file[key] for key in file.files}
        except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ArtifactDamaged(f"{self.root / relative} is not an npz file of plain arrays.") from error

    def _array(self, relative: str, key: str, dtype: type, shape: tuple[int | None, ...]) -> NDArray[np.generic]:
        """Return one array after checking its type and shape; None stands for any length."""
        array = self.arrays(relative).get(key)
        if array is None or array.dtype != dtype or len(array.shape) != len(shape):
            raise ArtifactDamaged(f"{self.root / relative} has no array '{key}' as the contract describes it.")
        if any(want is not None and want != got for want, got in zip(shape, array.shape, strict=True)):
            raise ArtifactDamaged(f"{self.root / relative}: '{key}' has the shape {list(array.shape)}.")
        return array

    def logits(self, split: str) -> SplitLogits:
        """Return the cached logits of "valid" or "test", members in the manifest's order."""
        if split not in SPLITS[1:]:
            raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
        relative = f"logits/{split}.npz"
        labels = self._array(relative, "labels", np.int64, (None,))
        logits = self._array(relative, "logits", np.float32, (len(self.manifest.members), len(labels), len(EMOTIONS)))
        names = tuple(str(name) for name in self.arrays(relative).get("members", ()))
        if names != self.manifest.members:
            raise ArtifactDamaged(f"{self.root / relative} holds other members than the manifest, or in another order.")
        if not np.isfinite(logits).all() or not np.isin(labels, range(len(EMOTIONS))).all():
            raise ArtifactDamaged(f"{self.root / relative} holds a logit that is not finite or a label outside 0 to 6.")
        return SplitLogits(logits.astype(np.float32), labels.astype(np.int64), names)

    def twin_index(self, split: str) -> NDArray[np.int64]:
        """Return, for each image of "valid" or "test", the first identical Training image: int64 [N], -1 for none."""
        return self._array("twins.npz", f"{split}_twin", np.int64, (None,)).astype(np.int64)

    def rows(self) -> dict[str, NDArray[np.generic]]:
        """Return signatures float16 [N,64] and labels int64 [N] (`NAME_labels`) of each split."""
        found = self.arrays("rows.npz")
        if missing := [key for name in SPLITS for key in (name, f"{name}_labels") if key not in found]:
            raise ArtifactDamaged(f"{self.root / 'rows.npz'} has no array '{missing[0]}'.")
        return found

    def ferplus(self, split: str) -> NDArray[np.uint8]:
        """Return the FER+ votes of "valid" or "test": uint8 [N,10]."""
        return self._array("ferplus.npz", split, np.uint8, (None, 10)).astype(np.uint8)

    def mean_faces(self) -> NDArray[np.uint8]:
        """Return the mean Training face of each emotion and of all: uint8 [8,48,48]."""
        return self._array("mean_faces.npz", "faces", np.uint8, (len(EMOTIONS) + 1, 48, 48)).astype(np.uint8)

    def card(self, member: str) -> Card:
        """Return a member's card."""
        if member not in self.manifest.members:
            raise ValueError(f"member: expected one of {', '.join(self.manifest.members)}, got {member!r}")
        relative = f"members/{member}/card.json"
        return Card.from_json(self.read(relative), where=str(self.root / relative))

    @cached_property
    def cards(self) -> dict[str, Card]:
        """Every member's card, in order."""
        return {name: self.card(name) for name in self.manifest.members}

    def history(self, member: str) -> tuple[Epoch, ...]:
        """Return a member's training history."""
        relative = f"members/{member}/history.csv"
        return read_history(self.read(relative).decode("utf-8", "replace"), where=str(self.root / relative))

    def check(self) -> list[str]:
        """Check every file of the manifest; return one sentence for each that is missing or damaged."""
        problems = []
        for relative in sorted(self.manifest.files):
            try:
                self.read(relative)
            except ArtifactError as error:
                problems.append(str(error))
        return problems


def open_artifacts(root: Path | None = None) -> Artifacts:
    """Open the artifacts of a folder (default: `default_root()`), after finishing or undoing a half-made change.

    Raises ArtifactMissing when there are none, ArtifactTooNew for a later schema, ArtifactDamaged for a bad manifest.
    """
    root = root or default_root()
    recover(root)
    try:
        if not (root / MANIFEST).exists():  # perhaps between the two renames of a change under way
            recover(root)
        content = (root / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ArtifactMissing(f"{root} holds no trained members yet; {COLLECT}") from None
    except OSError as error:
        raise ArtifactDamaged(f"{root / MANIFEST} cannot be read: {error.strerror or error}.") from error
    return Artifacts(root, content)
