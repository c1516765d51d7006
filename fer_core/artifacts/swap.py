"""Changing artifacts/ as a whole or not at all, whatever kills the program on the way.

A change is staged beside the folder and goes through these states, told apart by names alone:

    artifacts.next     being written: half of it may be missing, so whoever finds it throws it away
    artifacts.ready    complete and flushed: whoever finds it puts it in place
    artifacts.old      the tree that was replaced: thrown away once artifacts/ is there again

Readers and writers hold the lock `artifacts.lock` while they look at or change these names.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from fer_core.artifacts.manifest import MANIFEST, Manifest, hash_tree
from fer_core.errors import ArtifactError


@dataclass(frozen=True)
class _Names:
    root: Path

    def beside(self, suffix: str) -> Path:
        return self.root.with_name(f"{self.root.name}.{suffix}")


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
    for path in root.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        _sync_folder(folder)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    with FileLock(_Names(root).beside("lock")):
        yield


def _install(root: Path) -> None:
    """Put `artifacts.ready` in place of `artifacts`."""
    names = _Names(root)
    ready, old = names.beside("ready"), names.beside("old")
    if root.exists():
        if old.exists():
            shutil.rmtree(old)
        os.rename(root, old)
    os.rename(ready, root)
    _sync_folder(root.parent)
    if old.exists():
        shutil.rmtree(old)


def _recover(root: Path) -> None:
    names = _Names(root)
    staging, ready, old = names.beside("next"), names.beside("ready"), names.beside("old")
    if ready.exists():
        _install(root)
    if old.exists():
        if root.exists():
            shutil.rmtree(old)
        else:
            os.rename(old, root)
    if staging.exists():
        shutil.rmtree(staging)


def recover(root: Path) -> None:
    """Finish or undo a change that was cut off, if there is one; without one nothing is written or locked."""
    names = _Names(root)
    if any(names.beside(suffix).exists() for suffix in ("next", "ready", "old")):
        try:
            with _locked(root):
                _recover(root)
        except OSError as error:
            raise ArtifactError(f"{root} is in the middle of a change that cannot be finished: {error}.") from error


def replace(root: Path, build: Callable[[Path], Manifest]) -> None:
    """Change `root` as a whole.

    build : is given a copy of the present tree (empty if there is none), edits it, and returns the manifest, whose
        digests are made here.  When it raises, nothing has changed.
    """
    names = _Names(root)
    staging, ready = names.beside("next"), names.beside("ready")
    root.parent.mkdir(parents=True, exist_ok=True)
    with _locked(root):
        _recover(root)
        try:
            if root.exists():
                shutil.copytree(root, staging)
            else:
                staging.mkdir()
            manifest = build(staging)
            manifest = Manifest(
                manifest.members, manifest.classes, hash_tree(staging), manifest.protocol, manifest.scorings
            )
            (staging / MANIFEST).write_text(manifest.to_json(), encoding="utf-8", newline="\n")
            _sync_tree(staging)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        os.rename(staging, ready)
        _sync_folder(root.parent)
        _install(root)
