"""Writing a file that somebody named: whole or not at all."""

import os
from pathlib import Path

from fer_core.errors import FerError


def refuse_target(target: Path, example: str) -> None:
    """Refuse a file that cannot be written before anything is computed for it; example : a name for one in a folder."""
    if target.is_dir():
        raise FerError(f"{target} is a folder; name a file in it, such as {target / example}.")
    if not target.parent.is_dir():
        raise FerError(f"{target} cannot be written: there is no folder {target.parent}.")


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises FerError, in one sentence, where it cannot be written."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except OSError as error:
        raise FerError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)
