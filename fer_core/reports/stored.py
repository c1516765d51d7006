"""The report's figures, computed once and kept beside the artifacts that they are of.

They take some seconds: every scheme is fitted on PublicTest, and once more out of fold.  What is kept is used only for
the very artifacts and by the very program that it was computed from.
"""

import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.atomic import write_atomically

FIGURES = "figures.json"
"""Beside the manifest, which does not name it: it can be made again."""
SOURCES = ("artifacts", "ensemble", "metrics", "reports/summary.py", "dataset/ferplus.py", "emotions.py")
"""Of `fer_core`, what figures depend on."""
PACKAGES = ("numpy", "scikit-learn")


@lru_cache(maxsize=1)
def program() -> str:
    """Return a digest of everything in the program that figures depend on."""
    root, digest = Path(__file__).resolve().parents[1], hashlib.sha256()
    for name in SOURCES:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    for package in PACKAGES:
        digest.update(f"{package}={version(package)}\n".encode())
    return digest.hexdigest()


def _key(artifacts: Artifacts) -> dict[str, str]:
    return {"artifacts": artifacts.fingerprint, "program": program()}


def stored(artifacts: Artifacts) -> dict[str, Any] | None:
    """Return the figures that are kept of these artifacts; None where there are none, or others."""
    try:
        found = json.loads((artifacts.root / FIGURES).read_bytes())
        figures: dict[str, Any] = found["figures"]
        return figures if found["of"] == _key(artifacts) else None
    except (OSError, ValueError, KeyError, TypeError):  # what is damaged is computed anew
        return None


def store(artifacts: Artifacts, found: dict[str, Any]) -> Path:
    """Keep figures beside their artifacts, and return where; raises WriteError."""
    path = artifacts.root / FIGURES
    content = json.dumps({"of": _key(artifacts), "figures": found}, indent=1, allow_nan=False)
    write_atomically(path, f"{content}\n".encode())
    return path
