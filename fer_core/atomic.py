"""The one way in which a whole file is written: it is there completely, or what was there before is."""

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from fer_core.errors import WriteError

LONGEST = 200
"""Bytes of a file's name that leave room for what stands behind it while it is written."""

Content = bytes | Callable[[IO[bytes]], object]
"""What a file shall hold, or what writes it into a file that is open."""


def write_atomically(path: Path, content: Content) -> None:
    """Put `content` at `path`, so that an error or a kill at any moment leaves the old file or the new one.

    Folders on the way are made.  A link is followed; what is no file (a device, a pipe) is written to as it is.
    Raises WriteError, in one sentence, where that cannot be done; then nothing is left beside the path.
    """
    try:
        if _special(path):
            with path.open("wb") as device:
                _fill(device, content)
            return
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(_beside(target.name))
        try:
            with temporary.open("wb") as file:
                _fill(file, content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}.") from error


def _special(path: Path) -> bool:
    """Tell whether a path is there and neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _beside(name: str) -> str:
    """Return the name of the unfinished file: of this process, and short enough for every file system."""
    known = name if len(os.fsencode(name)) <= LONGEST else hashlib.sha256(os.fsencode(name)).hexdigest()
    return f"{known}.{os.getpid()}.tmp"


def _fill(file: IO[bytes], content: Content) -> None:
    if callable(content):
        content(file)
    else:
        file.write(content)
