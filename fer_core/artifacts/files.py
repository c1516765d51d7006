"""Files named in a manifest, each checked against its SHA-256 before it is used."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.manifest import MANIFEST, Manifest
from fer_core.errors import ArtifactDamaged, ArtifactError, ArtifactMissing

COLLECT = "train members and run: python -m fer_core collect"
RESTORE = "restore artifacts/ from the repository."

Number = TypeVar("Number", np.float32, np.float16, np.int64, np.uint8)


class Files:
    """The files of one folder.

    root : the folder; manifest : its manifest; fingerprint : SHA-256 of the manifest, which changes with any file
    """

    def __init__(self, root: Path, manifest_bytes: bytes) -> None:
        self.root = root
        self.manifest = Manifest.from_json(manifest_bytes, where=root / MANIFEST)
        self.fingerprint = hashlib.sha256(manifest_bytes).hexdigest()

    def has(self, relative: str) -> bool:
        """Tell whether the manifest names a file."""
        return relative in self.manifest.files

    def read(self, relative: str) -> bytes:
        """Return a file's bytes, after comparing their SHA-256 with the manifest's.

        Raises ArtifactMissing or ArtifactDamaged, naming the file, and ArtifactError when all of them were replaced
        since they were opened.
        """
        path = self.root / relative
        if not self.has(relative):
            raise ArtifactMissing(f"{path} is not among the artifacts; {COLLECT}")
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            self._refuse_replaced()
            raise ArtifactMissing(f"{path} is missing; {RESTORE}") from None
        except OSError as error:
            raise ArtifactDamaged(f"{path} cannot be read: {error.strerror or error}.") from error
        if hashlib.sha256(content).hexdigest() != self.manifest.files[relative]:
            self._refuse_replaced()
            raise ArtifactDamaged(f"{path} is not the file that the manifest names (its SHA-256 differs); {RESTORE}")
        return content

    def _refuse_replaced(self) -> None:
        """Raise ArtifactError when the manifest on disk is not the one that was read: then no file is to blame."""
        try:
            now = (self.root / MANIFEST).read_bytes()
        except OSError:
            return
        if hashlib.sha256(now).hexdigest() != self.fingerprint:
            raise ArtifactError(f"{self.root} was replaced while it was being read; open it again.")

    def path(self, relative: str) -> Path:
        """Return the path of a file whose SHA-256 was just checked."""
        self.read(relative)
        return self.root / relative

    def arrays(self, relative: str, *, only: Collection[str] = ()) -> dict[str, NDArray[np.generic]]:
        """Return the arrays of an npz file, all or only some of these names; nothing is unpickled."""
        content = self.read(relative)
        try:
            with zipfile.ZipFile(io.BytesIO(content)):  # np.load would take other kinds of files for one array
                pass
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                return {key: file[key] for key in file.files if not only or key in only}
        except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ArtifactDamaged(f"{self.root / relative} is not an npz file of plain arrays.") from error

    def checked(
        self,
        found: Mapping[str, NDArray[np.generic]],
        relative: str,
        key: str,
        dtype: type[Number],
        shape: tuple[int | None, ...],
    ) -> NDArray[Number]:
        """Return one array of an npz file after checking its type and shape; None stands for any length."""
        array = found.get(key)
        if array is None or array.dtype != dtype:
            raise ArtifactDamaged(f"{self.root / relative} has no {np.dtype(dtype)} array '{key}'.")
        if len(array.shape) != len(shape) or any(
            want not in (None, got) for want, got in zip(shape, array.shape, strict=True)
        ):
            raise ArtifactDamaged(f"{self.root / relative}: '{key}' has the shape {list(array.shape)}.")
        return array.astype(dtype, copy=False)
