"""Refusing a file that somebody named before anything is computed for it; and names of files on a terminal."""

import os
import unicodedata
from pathlib import Path

from fer_core.errors import FerError


def refuse_target(target: Path, example: str) -> None:
    """Refuse a file that cannot be written before anything is computed for it; example : a name for one in a folder."""
    if target.is_dir():
        raise FerError(f"{target} is a folder; name a file in it, such as {target / example}.")
    if not target.parent.is_dir():
        raise FerError(f"{target} cannot be written: there is no folder {target.parent}.")
    if not os.access(target if target.exists() and not target.is_file() else target.parent, os.W_OK):
        raise FerError(f"{target} cannot be written: the folder {target.parent} is read-only.")


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing, and show a name as another one."""


def plain(text: str) -> str:
    """Return a line for a terminal: control characters, which move its cursor or worse, as escapes."""
    return "".join(
        letter.encode("unicode_escape").decode()
        if letter in _TURNING or unicodedata.category(letter) in ("Cc", "Zl", "Zp")
        else letter
        for letter in text
    )
