"""The photos that a command line names."""

import glob
import os
import re
from pathlib import Path

from fer_core.errors import PhotoError

SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".webp",
    ".avif",
    ".heic",
    ".heif",
    ".bmp",
    ".tif",
    ".tiff",
    ".gif",
)
"""What a folder is searched for; a file that is named outright is read whatever it is called."""


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    """Sort photo2 before photo10."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", str(path))
    ]


def _is_photo(below: Path, path: Path) -> bool:
    hidden = any(part.startswith(".") for part in below.parts)
    return not hidden and path.suffix.lower() in SUFFIXES and path.is_file()


def find_photos(named: list[str]) -> list[Path]:
    """Return the photos that files, folders (with what lies below them) and patterns name, each once, in order.

    Hidden files of a folder are left out, as the shell does; macOS puts one beside each photo on a foreign disk.

    Raises PhotoError for a name that leads to nothing.
    """
    found: dict[str, Path] = {}
    for name in named:
        path = Path(name)
        if os.path.isdir(name):  # unlike Path's own, these two take a name that is too long for one that is not there
            below = sorted((p for p in path.rglob("*") if _is_photo(p.relative_to(path), p)), key=_natural)
            if not below:
                raise PhotoError(f"{name} holds no photo.")
        elif os.path.exists(name):
            below = [path]
        else:
            below = sorted((Path(p) for p in glob.glob(name, recursive=True) if Path(p).is_file()), key=_natural)
            if not below:
                raise PhotoError(
                    f"{name or repr(name)} does not exist." if not glob.has_magic(name) else f"{name} matches no file."
                )
        for path in below:
            found.setdefault(os.path.abspath(path), path)
    return list(found.values())
