"""How a photo must be turned to be upright."""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress

from PIL import Image

from fer_core.photo.tiff import directory

_PROFILES = ("Raw profile type exif", "Raw profile type APP1")
"""Texts of a PNG in which ImageMagick and others keep EXIF, as a head of three lines and hexadecimal digits."""
_XMP = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>\s*)([1-8])\s*[\"'<]")


def orientation_of(picture: Image.Image) -> int:
    """Return the orientation that EXIF or else XMP names, 1 to 8; 1 for none, and for a broken one.

    It is 1 for a TIFF and a HEIF, which Pillow has turned already, and XMP does not count for AVIF.
    """
    for exif in _exifs(picture):
        with suppress(struct.error):
            for tag, _, _, value in directory(exif.removeprefix(b"Exif\0\0")):
                if tag == 0x112 and 1 <= value <= 8:
                    return value
    if picture.format in ("JPEG", "PNG", "WEBP"):
        packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
        found = _XMP.search(packet.encode(errors="replace") if isinstance(packet, str) else packet)
        return int(found[1]) if found else 1
    return 1


def _exifs(picture: Image.Image) -> Iterator[bytes]:
    yield picture.info.get("exif") or b""
    for key in _PROFILES if picture.format == "PNG" else ():
        with suppress(ValueError):
            yield bytes.fromhex("".join(str(picture.info.get(key, "")).split("\n")[3:]))
