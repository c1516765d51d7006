"""What must be known of a file's format before Pillow reads it, and what it is where Pillow cannot."""

import ctypes
import io
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, _imaging

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


MAX_LARGE_PIXELS = 50_000_000
"""Pixels of a HEIF or WebP at most; phones sold as 48 megapixels give up to 49 million."""


def can_be_reduced(picture: Image.Image) -> bool:
    """Tell whether a picture that is too large for Pillow can be decoded to half of its size.

    An AVIF cannot: 49 megapixels took OpenCV 785 MB.
    """
    single = getattr(picture, "n_frames", 1) == 1
    return picture.format in ("HEIF", "WEBP") and picture.mode == "RGB" and single


def half(content: bytes, picture: Image.Image) -> Image.Image:
    """Decode a picture of which only the header was read, and return it half as wide and half as high."""
    rgb = _heif(content) if picture.format == "HEIF" else _webp(content)
    height, width = rgb.shape[:2]
    if rgb.shape[2] != 3 or (width, height) != picture.size:
        raise ValueError("size: the pixels are not what the header says")
    smaller = cv2.resize(rgb, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
    found = Image.fromarray(smaller if picture.format == "HEIF" else np.ascontiguousarray(smaller[..., ::-1]))
    found.info = dict(picture.info)
    return found


def _heif(content: bytes) -> NDArray[Any]:
    import pillow_heif

    return np.asarray(pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True))


def _webp(content: bytes) -> NDArray[Any]:
    """Return the pixels as OpenCV has them: blue, green, red."""
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if found is None:
        raise ValueError("pixels: damaged")
    return found


DAMAGED = "is damaged or cut off; copy it again, or open it in another program and save it as JPEG or PNG."
RAW = "is a camera's raw file, of which only a small preview could be read; save it as JPEG in the camera's program."
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_DISGUISES = {
    b"%PDF": "a PDF document",
    b"PK\3\4": "a ZIP archive or an Office document",
    b"8BPS": "a Photoshop document",
    b"\x1a\x45\xdf\xa3": "a video (WebM or Matroska)",
}
_OTHERS = {
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "a JPEG 2000 picture",
    b"II+\0": "a BigTIFF picture",
    b"MM\0+": "a BigTIFF picture",
    b"\0\0\1\0": "an icon (ICO)",
    b"\0\0\2\0": "a cursor (CUR)",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"v/1\x01": "an OpenEXR picture",
    b"#?RADIANCE": "a Radiance picture",
}
"""Pictures of kinds that are not read: decoders that take too much memory or time for what phones and browsers make."""
_RAW = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
_HEIF = (b"hei", b"hev", b"mif", b"msf")


def unidentified(content: bytes, *, heif: bool) -> str:
    """Return what a file is that is no picture, as the rest of a sentence that begins with its name.

    heif : whether HEIF can be read
    """
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    brand = content[8:11] if content[4:8] == b"ftyp" else b""
    if content.startswith(_RAW) or brand == b"crx":
        return RAW
    for sign, kind in _OTHERS.items():
        if content.startswith(sign):
            return f"is {kind}, a kind that is not read; save it as JPEG or PNG."
    kind = next((kind for sign, kind in _DISGUISES.items() if content.startswith(sign)), "")
    if start.startswith(b"<"):
        xml = "an XML file" if start.startswith(b"<?xml") else "a web page (HTML)"
        kind = "an SVG drawing" if b"<svg" in start.lower() else xml
    elif brand in _HEIF and not heif:
        return "is a HEIC photo; install pillow-heif to read it, or save it as JPEG."
    elif brand and brand not in (*_HEIF, b"avi"):
        kind = "a video (MP4 or QuickTime)"
    elif content.startswith(_SIGNATURES) or brand:
        return DAMAGED
    elif not kind and not re.search(rb"[^\t\n\r -~\x80-\xff]", start):
        kind = "a text file"
    if kind:
        return f"is {kind} and not a photo; save the picture itself as JPEG or PNG and choose that."
    return "is not a picture of a kind that is read; save it as JPEG or PNG."
