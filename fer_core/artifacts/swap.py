"""Changing artifacts/ as a whole or not at all, whatever kills the program on the way.

A change is staged beside the folder and goes through these states, told apart by names alone:

    artifacts.next     being written: half of it may be missing, so whoever finds it throws it away
    artifacts.ready    complete and flushed: whoever finds it puts it in place
    artifacts.old      the tree that was replaced: thrown away once artifacts/ is there again

`artifacts` itself, where it exists, is always a complete tree.  The lock `artifacts.lock` is held while these names are
changed; the system frees it when its holder dies.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace as with_fields
from pathlib import Path

from filelock import FileLock, Timeout

from fer_core.artifacts.manifest import MANIFEST, Manifest, hash_tree
from fer_core.errors import ArtifactError

WAIT = 60.0
"""Seconds to wait for another process that holds the lock while there is no tree to read."""


class _Names:
    """The folder, and the names beside it; links are followed first, since a link cannot be renamed for its target."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.staging, self.ready, self.old, self.lock = (
            self.root.parent / f"{self.root.name}.{suffix}" for suffix in ("next", "ready", "old", "lock")
        )

    def unsettled(self) -> bool:
        return any(os.path.exists(path) for path in (self.staging, self.ready, self.old))


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(root: Path) -> None:
    mode = "rb+" if os.name == "nt" else "rb"  # Windows flushes only what is open for writing
    folders = [root]
    for path in root.rglob("*"):
        if path.is_dir():
            folders.append(path)
        else:
            with path.open(mode) as file:
                os.fsync(file.fileno())
    for folder in folders:
        _sync_folder(folder)


def _install(names: _Names) -> None:
    """Put `artifacts.ready` in place of `artifacts`."""
    if names.root.exists():
        if names.old.exists():
            shutil.rmtree(names.old)
        os.rename(names.root, names.old)
    os.rename(names.ready, names.root)
    _sync_folder(names.root.parent)
    # The change is made: what cannot be deleted now (on Windows, a file that somebody reads) goes with the next one.
    shutil.rmtree(names.old, ignore_errors=True)


def _settle(names: _Names) -> None:
    """Finish or undo what a change that was cut off has left; only for the holder of the lock."""
    if names.ready.exists():
        _install(names)
    if names.old.exists():
        if names.root.exists():
            shutil.rmtree(names.old, ignore_errors=True)
        else:
            os.rename(names.old, names.root)
    if names.staging.exists():
        shutil.rmtree(names.staging)


def recover(root: Path) -> None:
    """Finish or undo a change that was cut off, if there is one; without one nothing is written or locked.

    A tree that is there is complete, so while another process is at it, or where nothing may be written, it is left to
    be read as it is.  Raises ArtifactError when there is none and the one set aside cannot be put back.
    """
    names = _Names(root)
    if not names.unsettled():
        return
    reason: BaseException | None = None
    for wait in (0.0, WAIT):
        try:
            with FileLock(names.lock, timeout=wait):
                _settle(names)
            return
        except (OSError, Timeout) as error:
            if os.path.exists(names.root):
                return
            reason = error
    raise ArtifactError(
        f"{root} is in the middle of a change that cannot be finished ({reason}); "
        f"the whole of it lies in {names.ready.name} or {names.old.name} beside it."
    ) from reason


def replace(root: Path, build: Callable[[Path], Manifest]) -> None:
    """Change `root` as a whole.

    build : is given a copy of the present tree (empty if there is none), edits it, and returns the manifest, whose
        digests are made here.  When it raises, nothing has changed.
    Raises ArtifactError when the disk does not let it, ArtifactDamaged for a manifest that no reader would take.
    """
    names = _Names(root)
    try:
        names.root.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(names.lock):
            _settle(names)
            try:
                _stage(names, build)
            except BaseException:
                shutil.rmtree(names.staging, ignore_errors=True)
                raise
            os.rename(names.staging, names.ready)
            _sync_folder(names.root.parent)
            _install(names)
    except OSError as error:
        raise ArtifactError(f"{root} could not be changed: {error}.") from error


def _stage(names: _Names, build: Callable[[Path], Manifest]) -> None:
    """Write the new tree beside the present one and flush it."""
    if names.root.exists():
        if not (names.root / MANIFEST).exists() and any(names.root.iterdir()):
            raise ArtifactError(f"{names.root} holds other things than artifacts; name a new or an empty folder.")
        # Copies, not hard links: whoever edits a linked file in place would edit the present tree as well.
        shutil.copytree(names.root, names.staging)
    else:
        names.staging.mkdir()
    manifest = build(names.staging)
    text = with_fields(manifest, files=hash_tree(names.staging)).to_json()
    Manifest.from_json(text.encode(), where=names.root / MANIFEST)  # what no reader would take is not put in place
    (names.staging / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    _sync_tree(names.staging)
