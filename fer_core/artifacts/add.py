"""Adding files to artifacts/, all or nothing."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.manifest import Manifest
from fer_core.artifacts.reader import Artifacts, open_artifacts
from fer_core.artifacts.swap import replace
from fer_core.errors import ArtifactDamaged, ArtifactMissing


def checked_tree(root: Path) -> Artifacts | None:
    """Open a tree and check all of it; None for an empty one, ArtifactDamaged for one that cannot be used."""
    try:
        found = open_artifacts(root)
    except ArtifactMissing:
        return None
    if problems := found.check():
        raise ArtifactDamaged(problems[0])
    return found


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of an npz file."""
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a staged tree, by their relative paths."""
    for relative, content in files.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def add_files(root: Path, make: Callable[[Artifacts], Mapping[str, bytes]]) -> None:
    """Add files to a tree of members, or replace them, as `replace` does.

    make : is given the present tree, checked, under the lock
    """

    def build(staging: Path) -> Manifest:
        present = checked_tree(staging)
        if present is None:
            raise ArtifactMissing(
                f"{root} holds no trained members yet; train some and run: python -m fer_core collect"
            )
        write_files(staging, make(present))
        return present.manifest

    replace(root, build)
