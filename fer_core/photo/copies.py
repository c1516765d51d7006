"""Files that the program draws over photos: marked, so that they are not taken for photos of somebody's."""

import hashlib
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngInfo

MARK = "fer_core copy of"
"""Key of the text in a PNG that holds the SHA-256 of the photo it was drawn over."""
LONGEST_NAME = 200
"""Bytes of a file's name at most; file systems take 255, or fewer where they encrypt names."""


def mark(digest: str) -> PngInfo:
    """Return what marks a PNG as drawn over the photo of this digest."""
    info = PngInfo()
    info.add_text(MARK, digest)
    return info


def digest_of(rgb: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of a photo's pixels."""
    return hashlib.sha256(np.ascontiguousarray(rgb).data).hexdigest()


def drawn_over(path: Path) -> str:
    """Return the digest of the photo that a file was drawn over; empty for a link, or for what was not drawn here."""
    if path.suffix.lower() != ".png" or path.is_symlink():
        return ""
    try:
        with path.open("rb") as file:
            start = file.read(1024)  # Pillow writes texts before pixels
    except OSError:
        return ""
    _, found, rest = start.partition(b"tEXt" + MARK.encode() + b"\0")
    return rest[:64].decode("ascii", "replace") if found else ""


def is_copy(path: Path) -> bool:
    """Tell whether the program drew a file over a photo."""
    return bool(drawn_over(path))


def shortened(stem: str, ending: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a file's name of a stem and an ending, the stem cut until both have so many bytes at most."""
    while stem and len(os.fsencode(stem + ending)) > longest:
        stem = stem[:-1]
    return stem + ending
