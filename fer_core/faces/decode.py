"""Photos from bytes: every usual format to upright RGB in memory, and each refusal is one sentence (BadPhoto)."""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from fer_core.errors import BadPhoto

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF")
"""What is read, by Pillow's names; AVIF before HEIF, for of what both may be, only AVIF's reader leaves it the rest."""
MAX_BYTES = 20 * 2**20
"""Size of the largest file that is read."""
MAX_PIXELS = 25_000_000
"""Pixels decoded at most; cameras and phones sold as 24 megapixels give up to 24.5 million."""
MAX_HEAVY_PIXELS = 18_000_000
"""The same where decoders need up to 20 bytes a pixel: WebP, transparent AVIF and HEIF, TIFF of more than 8 bits."""
MAX_COEFFICIENTS = 100_000_000
"""Coefficients of two bytes in a JPEG of several scans; all are held at once, whatever size is decoded."""
MAX_SCANS = 200
"""Scans of a progressive JPEG, which has about ten; each costs the time of a whole picture and hardly a byte."""
MAX_VALUES = 2**18
"""Numbers under one tag of a TIFF; Pillow makes an object, and of a strip's offset several, of each."""
MIN_SIDE = 24
"""Pixels of the shorter side at least; half the side of a FER-2013 face, below which there is nothing to see."""

_STRIP = 2**20
"""Pixels converted at a time, so that no second copy of a photo is held."""
_BASES = (
    dict.fromkeys(("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N"), "L")
    | dict.fromkeys(("P", "PA", "RGB", "RGBA", "RGBX", "YCbCr"), "RGB")
    | {"CMYK": "CMYK"}
)
"""The mode without palette, depth and transparency in which a colour profile describes each mode of Pillow's."""
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_DISGUISES = {
    b"%PDF": "a PDF document",
    b"PK\3\4": "a ZIP archive or an Office document",
    b"8BPS": "a Photoshop document",
    b"\x1a\x45\xdf\xa3": "a video (WebM or Matroska)",
}
_QUIET = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
"""The filter that `warnings.filterwarnings("ignore", module=r"PIL\\.")` adds."""
_DAMAGED = "is damaged or cut off; copy it again, or open it in another program and save it as JPEG or PNG."


def grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma (299 R + 587 G + 114 B) / 1000 of RGB [H,W,3] as [H,W] (ITU-R BT.601).

    It is Pillow's, to the bit, with which FER-2013's own pictures were made grey.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ValueError(f"rgb: expected uint8 [H,W,3], got {rgb.dtype} {list(rgb.shape)}")
    luma = np.empty(rgb.shape[:2], np.uint8)
    for rows in _strips(*rgb.shape[:2]):
        luma[rows] = np.asarray(Image.fromarray(rgb[rows]).convert("L"))
    return luma


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo: rgb uint8 [H,W,3], upright and read-only.

    `format` is Pillow's name of it, `size` the width and height in the file, upright too, and `reduced` the whole
    number by which a large JPEG was decoded smaller than that (1 for none).
    """

    rgb: NDArray[np.uint8] = field(repr=False)
    name: str
    format: str
    size: tuple[int, int]
    reduced: int

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """The photo in grey: uint8 [H,W]."""
        return grey(self.rgb)


def decode(content: bytes, *, name: str = "photo") -> Photo:
    """Decode a photo from the bytes of its file; `name` is what messages call it.

    Colours become sRGB by the embedded profile, transparency white, 16 bits 8; EXIF's rotation is applied, and of
    several pictures the first is taken.  Raises BadPhoto for whatever is not a photo within the limits above.
    """
    # Pillow warns of harmless flaws, and catch_warnings would turn the warnings of other threads off and on again.
    if list(warnings.filters[:1]) != [_QUIET]:
        warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        return _decode(content, name)
    except BadPhoto:
        raise
    except Image.DecompressionBombError as error:
        raise BadPhoto(f"{name} has more pixels than are read; save it smaller.") from error
    except UnidentifiedImageError as error:
        raise BadPhoto(f"{name} {_unidentified(content)}") from error
    except Exception as error:  # damaged pictures make Pillow raise nearly anything
        raise BadPhoto(f"{name} {_DAMAGED}") from error


def _decode(content: bytes, name: str) -> Photo:
    if not content:
        raise BadPhoto(f"{name} is empty; choose another file.")
    if len(content) > MAX_BYTES:
        raise BadPhoto(f"{name} has more than {MAX_BYTES // 2**20} MB, the most that is read; save it smaller.")
    picture = _open(content)
    size, reduced = picture.size, _reduction(picture, name)
    if isinstance(picture, JpegImageFile):
        _check_scans(picture, content, name)
        picture.draft(None, (size[0] // reduced, size[1] // reduced))
    base = _BASES.get(picture.mode)
    if base is None:
        raise BadPhoto(f"{name} has colours of a kind that is not read ({picture.mode}); save it as JPEG or PNG.")
    orientation = _orientation(picture)
    picture.load()
    if reduced == 1:
        size = picture.size  # HEIF and TIFF know it only now
        _reduction(picture, name)
    if picture.mode == "I" and not 0 <= np.min(picture.getextrema()) <= np.max(picture.getextrema()) < 2**16:
        raise BadPhoto(f"{name} has more than 16 bits in a pixel; save it as JPEG or PNG.")
    rgb = _upright(picture, base, orientation)
    return Photo(rgb, name, str(picture.format), size if orientation < 5 else size[::-1], reduced)


def _open(content: bytes) -> ImageFile.ImageFile:
    """Read a picture's header; nothing is decoded yet."""
    stream = io.BytesIO(content)
    if content.startswith(b"\xff\xd8\xff"):
        if content.count(b"Exif\0\0") > 32:  # segments of 64 KB, joined and looked into when opened
            raise ValueError("EXIF: more than any camera writes")
        # Image.open refuses pixels that draft mode never decodes, and makes an MPO of a JPEG with a preview.
        return JpegImageFile(stream)
    formats = [one for one in FORMATS if one != "HEIF" or _reads_heif()]
    if content.startswith((b"II*\0", b"MM\0*")):
        _check_tags(content)
    else:
        formats.remove("TIFF")  # BigTIFF, which no camera writes and _check_tags cannot read
    picture = Image.open(stream, formats=formats)
    if isinstance(picture, TiffImageFile):
        width, height = (float(np.max(picture.tag_v2.get(tag, 0))) for tag in (0x142, 0x143))
        if width * height > MAX_PIXELS:  # of one tile, which is decoded whole
            raise ValueError("tile: larger than any picture that is read")
    return picture


@cache
def _reads_heif() -> bool:
    """Let Pillow read HEIF, and say whether it can."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return True


def _reduction(picture: ImageFile.ImageFile, name: str) -> int:
    """Return by how much a picture must be decoded smaller to be within the limits: 1, or for a JPEG up to 8."""
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise BadPhoto(f"{name} has only {width}×{height} pixels; choose a photo of at least {MIN_SIDE}×{MIN_SIDE}.")
    deep = isinstance(picture, TiffImageFile) and np.max(picture.tag_v2.get(0x102, 1)) > 8
    clear = picture.format in ("AVIF", "HEIF") and picture.mode == "RGBA"
    limit = MAX_HEAVY_PIXELS if deep or clear or picture.format == "WEBP" else MAX_PIXELS
    for scale in (1, 2, 4, 8) if picture.format == "JPEG" else (1,):
        if -(-width // scale) * -(-height // scale) <= limit:
            return scale
    most = f"{limit * scale**2 // 10**6} megapixels that are read as {picture.format}"
    raise BadPhoto(f"{name} has {width}×{height} pixels, more than the {most}; save it smaller.")


def _check_scans(picture: JpegImageFile, content: bytes, name: str) -> None:
    """Refuse a JPEG of several scans, such as a progressive one, that takes libjpeg too much memory or time."""
    start = content.rfind(b"\xff\xda", 0, picture.fp.tell() if picture.fp else None)
    if "progressive" not in picture.info and content[start + 4] == picture.layers:
        return  # one scan, decoded row by row
    across, down = (max(layer[axis] for layer in picture.layer) for axis in (1, 2))
    share = sum(layer[1] * layer[2] for layer in picture.layer) / (across * down)
    if share * picture.width * picture.height > MAX_COEFFICIENTS or content.count(b"\xff\xda") > MAX_SCANS:
        raise BadPhoto(f"{name} is too large for a progressive JPEG; save it smaller, or without that option.")


def _directory(data: bytes, start: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Yield tag, type, count and value (or offset) of each entry of a TIFF directory, which is EXIF's form too."""
    order = "<" if data[:2] == b"II" else ">"
    if start is None:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, start)
    for at in range(start + 2, start + 2 + 12 * entries, 12):
        tag, kind, count = struct.unpack_from(f"{order}HHI", data, at)
        (value,) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, at + 8)
        yield tag, kind, count, value


def _check_tags(content: bytes) -> None:
    """Raise ValueError for a TIFF with far more to say than its pixels."""
    entries = list(_directory(content))
    inner = [value for tag, _, _, value in entries if tag in (0x8769, 0x8825, 0xA005)]  # of EXIF; Pillow reads them too
    for start in inner[:3]:
        entries += _directory(content, start)
    # Bytes and text stay bytes, such as a colour profile, except as offsets of strips and tiles.
    bloat = [e for e in entries if e[2] > MAX_VALUES and (e[1] not in (1, 2, 6, 7) or e[0] in (0x111, 0x144))]
    if bloat or len(inner) > 3:
        raise ValueError("tags: more values than any picture needs")


def _orientation(picture: ImageFile.ImageFile) -> int:
    """Return EXIF's orientation, 1 to 8; 1 for none, a broken one, and a TIFF's or HEIF's, which are turned already."""
    exif = picture.info.get("exif") or b""
    try:
        for tag, _, _, value in _directory(exif.removeprefix(b"Exif\0\0")):
            if tag == 0x112 and 1 <= value <= 8:
                return value
    except struct.error:
        pass
    return 1


def _strips(height: int, width: int) -> Iterator[slice]:
    """Yield slices of rows that hold about _STRIP pixels each."""
    rows = max(1, _STRIP // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def _upright(picture: ImageFile.ImageFile, base: str, orientation: int) -> NDArray[np.uint8]:
    """Return a loaded picture as RGB [H,W,3], turned as EXIF's orientation says."""
    width, height = picture.size
    turned = orientation >= 5
    rgb = np.empty((width, height, 3) if turned else (height, width, 3), np.uint8)
    stored = rgb.swapaxes(0, 1) if turned else rgb  # a view, through which the strips land where they belong
    if orientation in (3, 4, 6, 7):
        stored = stored[::-1]
    if orientation in (2, 3, 7, 8):
        stored = stored[:, ::-1]
    transform = _to_srgb(picture.info.get("icc_profile"), base)
    for rows in _strips(height, width):
        stored[rows] = np.asarray(_rgb(picture.crop((0, rows.start, width, rows.stop)), base, transform))
    rgb.setflags(write=False)
    return rgb


def _to_srgb(profile: bytes | None, base: str) -> ImageCms.ImageCmsTransform | None:
    """Return the conversion from a colour profile to sRGB; None if there is none, or one that does not fit."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), base, "RGB")
    except Exception:  # a profile is an improvement, and no reason to refuse a photo
        return None


def _rgb(strip: Image.Image, base: str, transform: ImageCms.ImageCmsTransform | None) -> Image.Image:
    """Return part of a picture in RGB, on white."""
    alpha = None
    if strip.mode.startswith("I"):  # Pillow would clip 16 bits, not scale them
        strip = Image.fromarray(((np.asarray(strip).astype(np.uint32) + 128) // 257).astype(np.uint8))
    elif strip.has_transparency_data:
        strip = strip.convert("RGBA")
        alpha = strip.getchannel("A")
    strip = strip.convert(base)
    rgb = transform.apply(strip) if transform else strip.convert("RGB")
    if alpha is None:
        return rgb
    white = Image.new("RGB", rgb.size, "white")
    white.paste(rgb, mask=alpha)
    return white


def _unidentified(content: bytes) -> str:
    """Return what a file is that is no picture, as the rest of a sentence that begins with its name."""
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((kind for sign, kind in _DISGUISES.items() if content.startswith(sign)), None)
    if start.startswith(b"<"):
        xml = "an XML file" if start.startswith(b"<?xml") else "a web page (HTML)"
        kind = "an SVG drawing" if b"<svg" in start.lower() else xml
    elif content[4:8] == b"ftyp" and content[8:11] in (b"hei", b"hev", b"mif", b"msf") and not _reads_heif():
        return "is a HEIC photo; install pillow-heif to read it, or save it as JPEG."
    elif content[4:8] == b"ftyp" and content[8:11] not in (b"hei", b"hev", b"mif", b"msf", b"avi"):
        kind = "a video (MP4 or QuickTime)"
    elif content.startswith(_SIGNATURES) or content[4:8] == b"ftyp":
        return _DAMAGED
    elif not kind and not re.search(rb"[^\t\n\r -~\x80-\xff]", start):
        kind = "a text file"
    if kind:
        return f"is {kind} and not a photo; save the picture itself as JPEG or PNG and choose that."
    return "is not a picture of a kind that is read; save it as JPEG or PNG."
