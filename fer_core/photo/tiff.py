"""What must be known of a TIFF before Pillow reads it."""

import ctypes
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from PIL import _imaging

MAX_VALUES = 2**18
"""Numbers under one tag of a TIFF; Pillow makes an object, and of a strip's offset several, of each."""
_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
"""Bytes of a value by its type; 1 where the type is not named."""


@cache
def silence_libtiff() -> None:
    """Keep libtiff from writing to stderr what Pillow raises anyway, a line for each row of a damaged fax."""
    with suppress(AttributeError, OSError):  # where it is linked in a way that hides it, as on Windows
        ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)


def directory(data: bytes, start: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Yield tag, type, count and value (or offset) of each entry of a TIFF directory, which is EXIF's form too."""
    order = "<" if data[:2] == b"II" else ">"
    if start is None:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, start)
    for at in range(start + 2, start + 2 + 12 * entries, 12):
        tag, kind, count = struct.unpack_from(f"{order}HHI", data, at)
        (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 and count <= 2 else 'I'}", data, at + 8)
        yield tag, kind, count, value


def check_tags(content: bytes) -> None:
    """Raise ValueError for a TIFF with far more to say than its pixels."""
    entries = list(directory(content))
    inner = [value for tag, _, _, value in entries if tag in (0x8769, 0x8825, 0xA005)]  # of EXIF; Pillow reads them too
    for start in inner[:3]:
        with suppress(struct.error):  # of one that is cut off, or lies past the end; Pillow does without it
            entries.extend(directory(content, start))
    if len(inner) > 3 or any(_bloated(*entry, len(content)) for entry in entries):
        raise ValueError("tags: more values than any picture needs")


def _bloated(tag: int, kind: int, count: int, value: int, length: int) -> bool:
    """Tell whether Pillow would make far too many objects of an entry; what lies past the file's end it skips."""
    offsets = tag in (0x111, 0x144)
    # Bytes and text stay bytes, such as a colour profile, except as offsets of strips and tiles.
    objects = kind not in (1, 2, 6, 7) or offsets
    return count > MAX_VALUES and objects and (offsets or value + count * _SIZES.get(kind, 1) <= length)


def is_raw(content: bytes) -> bool:
    """Tell whether a TIFF is a camera's raw file (DNG, CR2, NEF, ARW and others), whose first picture is a preview."""
    if content[8:10] == b"CR":
        return True
    tags = {tag: value for tag, _, _, value in directory(content)}
    # DNGVersion; or a first picture that is said to be a reduced one; colour filter array and the makers' compressions
    return 0xC612 in tags or tags.get(0xFE, 0) & 1 == 1 or tags.get(0x106) in (32803, 34892)
