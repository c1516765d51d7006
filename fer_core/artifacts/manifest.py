"""manifest.json: what is in artifacts/, in which order, under which protocol, with the SHA-256 of every file."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import ArtifactDamaged, ArtifactError, ArtifactMissing, ArtifactTooNew

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_LITTER = ("Thumbs.db", "desktop.ini")

PROTOCOL = {
    "fit": "Training",
    "choose": "PublicTest",
    "score": "PrivateTest, once for each release of the artifacts",
    "logits": "float32, from the weights as stored, log of the mean probability over all views",
}
"""What makes the numbers honest, in the manifest's words."""


@dataclass(frozen=True)
class Scoring:
    """One look at PrivateTest: when (ISO date), at which commit, for which members."""

    date: str
    commit: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """The contents of manifest.json; `files` maps relative paths to SHA-256 digests."""

    members: tuple[str, ...]
    classes: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    protocol: dict[str, Any] = field(default_factory=lambda: dict(PROTOCOL))
    scorings: tuple[Scoring, ...] = ()
    schema: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """Return the manifest as text."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: bytes, *, where: Path) -> "Manifest":
        """Read a manifest; unknown keys are ignored.

        Raises ArtifactTooNew for a later schema, and ArtifactDamaged, naming `where`, for anything that does not
        follow the contract, a path that leads outside artifacts/ among it.
        """
        try:
            found = json.loads(text)
            schema = _typed(found, "schema", int)
            if schema > SCHEMA_VERSION:
                raise ArtifactTooNew(
                    f"{where} has schema {schema}, this program reads up to {SCHEMA_VERSION}; update the program."
                )
            manifest = cls(
                members=_names(found, "members"),
                classes=_names(found, "classes"),
                files={str(path): str(digest) for path, digest in _typed(found, "files", dict).items()},
                protocol=_typed(found, "protocol", dict),
                scorings=tuple(
                    Scoring(_typed(s, "date", str), _typed(s, "commit", str), _names(s, "members"))
                    for s in _typed(found, "scorings", list)
                ),
                schema=schema,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ArtifactDamaged(f"{where} is not a manifest of this program.") from error
        for path in manifest.files:
            if not _stays_inside(path):
                raise ArtifactDamaged(f"{where} names a file outside artifacts: {path!r}")
        for name in manifest.members:
            if not _NAME.fullmatch(name):
                raise ArtifactDamaged(f"{where} names a member that is not a plain name: {name!r}")
        if len(set(manifest.members)) != len(manifest.members) or not manifest.members:
            raise ArtifactDamaged(f"{where} names no member, or one twice.")
        return manifest


Kind = TypeVar("Kind")


def _typed(found: Any, key: str, kind: type[Kind]) -> Kind:
    """Return found[key]; raises KeyError or TypeError unless it is there and of that very type (True is no int)."""
    value = found[key]
    if type(value) is not kind:
        raise TypeError(f"{key}: expected {kind.__name__}")
    return value


def _names(found: Any, key: str) -> tuple[str, ...]:
    values = _typed(found, key, list)
    if not all(isinstance(value, str) for value in values):
        raise TypeError(f"{key}: expected names")
    return tuple(values)


def _stays_inside(path: str) -> bool:
    """Tell whether a path is relative, plain and means the same on every system (no drive, no backslash)."""
    pure = PurePosixPath(path)
    plain = path not in ("", ".") and pure.as_posix() == path and not pure.is_absolute() and ".." not in pure.parts
    return plain and not any(sign in path for sign in "\\:\0")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path) -> dict[str, str]:
    """Return the digest of every file below `root`, by relative path, but for the manifest and what desktops leave."""
    found = {path.relative_to(root): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {
        relative.as_posix(): sha256(path)
        for relative, path in found.items()
        if relative != Path(MANIFEST) and not any(part.startswith(".") or part in _LITTER for part in relative.parts)
    }


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
