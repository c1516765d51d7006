"""Artifacts made wrong in one way, and every file read the way the program reads it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fer_core.artifacts import Artifacts, open_artifacts


def edit_manifest(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = json.loads((root / "manifest.json").read_bytes())
    change(found)
    (root / "manifest.json").write_text(json.dumps(found))


def put(root: Path, relative: str, content: bytes) -> Artifacts:
    """Put a file in place together with its digest, as a faulty writer would."""
    (root / relative).write_bytes(content)
    edit_manifest(root, lambda found: found["files"].update({relative: hashlib.sha256(content).hexdigest()}))
    return open_artifacts(root)


def use(artifacts: Artifacts, relative: str) -> object:
    """Read a file the way the program does."""
    split = Path(relative).stem
    name = relative.split("/")[1] if relative.startswith("members/") else ""
    readers: dict[str, Callable[[], object]] = {
        "card.json": lambda: artifacts.card(name),
        "history.csv": lambda: artifacts.history(name),
        "model.safetensors": lambda: artifacts.path(relative),
        "twins.npz": lambda: artifacts.twin_index("test"),
        "ferplus.npz": lambda: artifacts.ferplus("test"),
        "rows.npz": artifacts.rows,
        "mean_faces.npz": artifacts.mean_faces,
    }
    return readers.get(Path(relative).name, lambda: artifacts.logits(split))()
