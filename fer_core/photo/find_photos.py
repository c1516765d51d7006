"""The photos that a command line names."""

import glob
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fer_core.errors import PhotoError
from fer_core.photo.copies import is_copy

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
    ".hif",
    ".bmp",
    ".tif",
    ".tiff",
    ".gif",
    ".ppm",
    ".pgm",
    ".pbm",
    ".pnm",
)
"""What a folder is searched for; a file that is named outright is read whatever it is called."""
_STREAMS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""Pipes that a shell has filled already; any other may keep a reader waiting for ever."""


@dataclass(frozen=True)
class Named:
    """The photos that names lead to, each once, in order; and of names that lead to none, what is wrong with each."""

    paths: tuple[Path, ...]
    problems: tuple[tuple[str, str], ...]


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    """Sort photo2 before photo10."""
    return [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", str(path))
    ]


def find_photos(named: list[str]) -> Named:
    """Return the photos that files, folders (with what lies below them) and patterns name.

    Hidden files of a folder are left out, as the shell does; macOS puts one beside each photo on a foreign disk.  So
    are copies that `predict` and `explain` wrote, unless they are named outright.

    Raises PhotoError where no name leads to a photo.
    """
    found: dict[str, Path] = {}
    problems: dict[str, str] = {}
    for name in dict.fromkeys(named):
        try:
            photos = list(_photos(name, problems))
        except PhotoError as error:
            problems.setdefault(name, str(error))
            continue
        for path in photos:
            found.setdefault(os.path.abspath(path), path)
    if not found and problems:
        raise PhotoError(" ".join(problems.values()))
    return Named(tuple(found.values()), tuple(problems.items()))


def _photos(name: str, problems: dict[str, str]) -> list[Path]:
    """Return the photos of one name; a folder below it that cannot be looked into is added to the problems."""

    def unreadable(error: OSError) -> None:
        problems[str(error.filename)] = f"{error.filename} cannot be looked into: {error.strerror or error}."

    try:
        mode = os.stat(name).st_mode
    except PermissionError as error:
        raise PhotoError(f"{name} cannot be read: {error.strerror}.") from error
    except (OSError, ValueError):  # of a name that is too long, or that no file can have
        matching = _matching(name, unreadable) if glob.has_magic(name) else []
        paths = [path for path in map(Path, matching) if not is_copy(path)]
        if not paths:
            fault = "matches no file" if glob.has_magic(name) else "does not exist"
            raise PhotoError(f"{name or repr(name)} {fault}.") from None
    else:
        if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and name.startswith(_STREAMS)):
            return [Path(name)]
        if not stat.S_ISDIR(mode):
            raise PhotoError(f"{name} is a pipe or a device; name a file.")
        paths = [path for path in _below(name, unreadable) if not is_copy(path)]
        if not paths:
            raise PhotoError(problems.get(name, f"{name} holds no photo."))
    return sorted(paths, key=_natural)


def _below(folder: str, unreadable: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the photos below a folder, through no link to a folder."""
    for here, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = _shown(folders)
        for path in (Path(here, name) for name in _shown(files)):
            # What must not be looked at is not left out; reading it says why.
            if path.suffix.lower() in SUFFIXES and (os.path.isfile(path) or not os.access(here, os.X_OK)):
                yield path


def _matching(pattern: str, unreadable: Callable[[OSError], None]) -> list[str]:
    """Return the files that a pattern matches; `**` is any number of folders, through no link to one.

    The standard library's `glob` goes through links: two to the folder that they are in keep it busy for ever.
    """
    drive, tail = os.path.splitdrive(pattern)
    parts = [part for part in re.split(r"[/\\]" if os.altsep else "/", tail) if part]
    found = [drive + (os.sep if tail[:1] in (os.sep, os.altsep) else "")]
    for part in [*parts, "*"] if parts[-1:] == ["**"] else parts:
        if part == "**":
            found = list(dict.fromkeys(below for start in found for below in _folders(start, unreadable)))
        else:
            found = [match for start in found for match in glob.glob(os.path.join(glob.escape(start), part))]
    return [path for path in found if os.path.isfile(path)]


def _folders(start: str, unreadable: Callable[[OSError], None]) -> Iterator[str]:
    for here, folders, _ in os.walk(start or os.curdir, onerror=unreadable):
        folders[:] = _shown(folders)
        yield here if start else here[2:]


def _shown(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]
