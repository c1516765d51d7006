"""manifest.json: what is in artifacts/, in which order, under which protocol, with the SHA-256 of every file."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from fer_core.errors import ArtifactDamaged, ArtifactTooNew

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")

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
        """Read a manifest; a newer schema is refused, and so is any path that leads outside artifacts/."""
        try:
            found = json.loads(text)
            schema = int(found["schema"])
            if schema > SCHEMA_VERSION:
                raise ArtifactTooNew(
                    f"{where} has schema {schema}, this program reads up to {SCHEMA_VERSION}; update the program."
                )
            scorings = tuple(
                Scoring(str(s["date"]), str(s["commit"]), tuple(map(str, s["members"])))
                for s in found.get("scorings", ())
            )
            manifest = cls(
                members=tuple(map(str, found["members"])),
                classes=tuple(map(str, found["classes"])),
                files={str(path): str(digest) for path, digest in found["files"].items()},
                protocol=dict(found["protocol"]),
                scorings=scorings,
                schema=schema,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArtifactDamaged(f"{where} is not a manifest of this program.") from error
        for path in manifest.files:
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or "\\" in path:
                raise ArtifactDamaged(f"{where} names a file outside artifacts: {path}")
        for name in manifest.members:
            if not _NAME.fullmatch(name):
                raise ArtifactDamaged(f"{where} names a member that is not a plain name: {name!r}")
        if len(set(manifest.members)) != len(manifest.members):
            raise ArtifactDamaged(f"{where} names a member twice.")
        return manifest


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path) -> dict[str, str]:
    """Return the digest of every file below `root`, by relative path, but for the manifest itself."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path != root / MANIFEST)
    return {path.relative_to(root).as_posix(): sha256(path) for path in files}
