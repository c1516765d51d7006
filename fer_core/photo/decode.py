"""Photos from bytes: every usual format to upright RGB in memory, and each refusal is one sentence (BadPhoto)."""

import io
import re
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
from fer_core.photo.formats import (
    DAMAGED,
    MAX_LARGE_PIXELS,
    RAW,
    can_be_reduced,
    check_tags,
    half,
    is_raw,
    orientation_of,
    silence_libtiff,
    unidentified,
)

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF", "PPM")
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
MAX_CUT = 0.1
"""Share of the rows of a JPEG that may be missing at its end."""
MIN_SCANS = 6
"""Scans that a progressive JPEG must have if it is cut off; the usual ten refine the picture from the seventh on."""
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
_QUIET = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
"""The filter that `warnings.filterwarnings("ignore", module=r"PIL\\.")` adds."""


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
    number by which a large photo was decoded smaller than that (1 for none).
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
        raise BadPhoto(f"{name} {unidentified(content, heif=_reads_heif())}") from error
    except Exception as error:  # damaged pictures make Pillow raise nearly anything
        raise BadPhoto(f"{name} {DAMAGED}") from error


def _decode(content: bytes, name: str) -> Photo:
    if not content:
        raise BadPhoto(f"{name} is empty; choose another file.")
    if len(content) > MAX_BYTES:
        raise BadPhoto(f"{name} has more than {MAX_BYTES // 2**20} MB, the most that is read; save it smaller.")
    picture = _open(content, name)
    size, reduced = picture.size, _reduction(picture, name)
    if isinstance(picture, JpegImageFile):
        _check_scans(picture, content, name)
        picture.draft(None, (size[0] // reduced, size[1] // reduced))
    base = _BASES.get(picture.mode)
    if base is None:
        raise BadPhoto(f"{name} has colours of a kind that is not read ({picture.mode}); save it as JPEG or PNG.")
    orientation = orientation_of(picture)
    by_half = reduced == 2 and can_be_reduced(picture)
    loaded = half(content, picture) if by_half else _load(picture, content)
    if picture.format == "PNG":
        orientation = orientation_of(picture)  # texts may stand behind the pixels
    if reduced == 1:
        size = loaded.size  # HEIF and TIFF know it only now
        _reduction(loaded, name)
    if loaded.mode == "I" and not 0 <= np.min(loaded.getextrema()) <= np.max(loaded.getextrema()) < 2**16:
        raise BadPhoto(f"{name} has more than 16 bits in a pixel; save it as JPEG or PNG.")
    rgb = _upright(loaded, base, orientation)
    return Photo(rgb, name, str(picture.format), size if orientation < 5 else size[::-1], reduced)


def _open(content: bytes, name: str) -> ImageFile.ImageFile:
    """Read a picture's header; nothing is decoded yet."""
    stream = io.BytesIO(content)
    if content.startswith(b"\xff\xd8\xff"):
        if content.count(b"Exif\0\0") > 32:  # segments of 64 KB, joined and looked into when opened
            raise ValueError("EXIF: more than any camera writes")
        # Image.open refuses pixels that draft mode never decodes, and makes an MPO of a JPEG with a preview.
        return JpegImageFile(stream)
    formats = [one for one in FORMATS if one != "HEIF" or _reads_heif()]
    if content.startswith((b"II*\0", b"MM\0*")):
        silence_libtiff()
        check_tags(content)
        if is_raw(content):
            raise BadPhoto(f"{name} {RAW}")
    else:
        formats.remove("TIFF")  # BigTIFF, which no camera writes and check_tags cannot read
    picture = Image.open(stream, formats=formats)
    if isinstance(picture, TiffImageFile):
        width, height = (float(np.max(picture.tag_v2.get(tag, 0))) for tag in (0x142, 0x143))
        if width * height > MAX_PIXELS:  # of one tile, which is decoded whole
            raise ValueError("tile: larger than any picture that is read")
    return picture


def _load(picture: ImageFile.ImageFile, content: bytes) -> Image.Image:
    """Decode a picture; of a JPEG that is cut off near its end, which browsers show too, what is there."""
    try:
        picture.load()
    except OSError as error:
        if not isinstance(picture, JpegImageFile) or "truncated" not in str(error):
            raise
        size = picture.size
        picture.tile = []
        picture.load()
        box = picture.getbbox()  # rows that were not decoded are zeros
        if box and size[1] - box[3] <= MAX_CUT * size[1]:
            return picture
        if box or content.count(b"\xff\xda") < MIN_SCANS:
            raise
        rest = JpegImageFile(io.BytesIO(content + b"\xff\xd9"))
        rest.draft(None, size)
        rest.im = picture.im  # is decoded into, so that there are never two
        rest.load()
        return rest
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


def _reduction(picture: Image.Image, name: str) -> int:
    """Return by how much a picture must be decoded smaller to be within the limits: 1, up to 8 for a JPEG, or 2."""
    width, height = picture.size
    if min(width, height) < MIN_SIDE:
        raise BadPhoto(f"{name} has only {width}×{height} pixels; choose a photo of at least {MIN_SIDE}×{MIN_SIDE}.")
    deep = isinstance(picture, TiffImageFile) and np.max(picture.tag_v2.get(0x102, 1)) > 8
    clear = picture.format in ("AVIF", "HEIF") and picture.mode == "RGBA"
    limit = MAX_HEAVY_PIXELS if deep or clear or picture.format == "WEBP" else MAX_PIXELS
    for scale in (1, 2, 4, 8) if picture.format == "JPEG" else (1,):
        if -(-width // scale) * -(-height // scale) <= limit:
            return scale
    most_pixels = limit * scale**2
    if can_be_reduced(picture):
        most_pixels = MAX_LARGE_PIXELS
        if width * height <= most_pixels:
            return 2
    most = f"{most_pixels // 10**6} megapixels that are read as {picture.format}"
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


def _strips(height: int, width: int) -> Iterator[slice]:
    """Yield slices of rows that hold about _STRIP pixels each."""
    rows = max(1, _STRIP // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def _upright(picture: Image.Image, base: str, orientation: int) -> NDArray[np.uint8]:
    """Return a loaded picture as RGB [H,W,3], turned as EXIF's orientation says.

    Pillow's `ImageOps.exif_transpose` would hold a second copy of the pixels (230 MiB at the peak for 24 megapixels,
    where this needs 170), raises on broken EXIF, and misses the EXIF that ImageMagick writes into a PNG's text.
    """
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
