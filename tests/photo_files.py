"""Photos of every format and mode, with what is to come of each, and makers of odd files."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from fer_core.photo.decode import FORMATS

pillow_heif.register_heif_opener()
W, H = 48, 40
X, Y = np.meshgrid(np.arange(W), np.arange(H))
PIXELS = np.stack([5 * X, 6 * Y, 255 - 3 * X - 2 * Y], axis=-1).astype(np.uint8)
WIDE = (1000 * X + 400 * Y).astype(np.uint16)
ALPHA = Image.fromarray((5 * Y + 20).astype(np.uint8))
RGB = Image.fromarray(PIXELS)
SHADES, ONE, FEW = RGB.convert("L"), RGB.convert("1"), RGB.quantize(64)
RGBA, LA = RGB.copy(), SHADES.copy()
RGBA.putalpha(ALPHA)
LA.putalpha(ALPHA)
CMYK = Image.fromarray(np.concatenate([PIXELS, PIXELS[..., :1] // 2], axis=-1), "CMYK")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SHARP = {"JPEG": {"quality": 98, "subsampling": 0}, "WEBP": {"lossless": True, "exact": True}}
SHARP |= {"AVIF": {"quality": 98, "subsampling": "4:4:4"}, "HEIF": {"quality": 98, "chroma": 444}}
FOUR = {"save_all": True, "append_images": [CMYK.convert("RGB")] * 3}


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **SHARP.get(format, {}) | options)
    return stream.getvalue()


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x112] = orientation
    return exif.tobytes()


def shown(image: Image.Image) -> np.ndarray:
    """Return what is seen of a picture on white paper."""
    part = np.asarray(image.convert("RGBA").getchannel("A"))[..., None] / 255
    return np.asarray(image.convert("RGB")) * part + 255 * (1 - part)


def with_white(pixels: np.ndarray, where: np.ndarray) -> np.ndarray:
    return np.where(where[..., None], 255, pixels)


def off(got: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference; infinity if the shapes differ."""
    return float(np.abs(got.astype(float) - expected).max()) if got.shape == expected.shape else np.inf


HOLES, KEY = with_white(shown(FEW), np.asarray(FEW) == 5), tuple(map(int, PIXELS[7, 9]))
SAME = np.repeat(((WIDE + 128) // 257)[..., None], 3, axis=2)
# Files by format and variant, and what is to come of each.
CASES: dict[str, tuple[bytes, np.ndarray]] = {
    **{f"{f} RGB": (saved(RGB, f), PIXELS) for f in FORMATS if f != "GIF"},
    **{f"{f} L": (saved(SHADES, f), shown(SHADES)) for f in FORMATS},
    "PPM 1": (saved(ONE, "PPM"), shown(ONE)),
    "PPM 16 bits": (saved(Image.fromarray(WIDE.astype(np.int32)), "PPM"), SAME),
    **{f"{f} P": (saved(FEW, f), shown(FEW)) for f in ("PNG", "BMP", "TIFF", "GIF")},
    **{f"{f} 1": (saved(ONE, f), shown(ONE)) for f in ("PNG", "BMP", "TIFF", "GIF")},
    **{f"{f} RGBA": (saved(RGBA, f), shown(RGBA)) for f in ("PNG", "WEBP", "AVIF", "HEIF", "TIFF")},
    **{f"{f} LA": (saved(LA, f), shown(LA)) for f in ("PNG", "TIFF")},
    **{f"{f} holes": (saved(FEW, f, transparency=5), HOLES) for f in ("PNG", "GIF")},
    **{f"{f} CMYK": (saved(CMYK, f), shown(CMYK.convert("RGB"))) for f in ("JPEG", "TIFF")},
    **{f"{f} 16 bits": (saved(Image.fromarray(WIDE), f), SAME) for f in ("PNG", "TIFF")},
    **{f"{f} of four": (saved(RGB, f, **FOUR), PIXELS) for f in ("PNG", "WEBP", "TIFF", "AVIF", "HEIF")},
    "GIF of four": (saved(FEW, "GIF", **FOUR), shown(FEW)),
    "TIFF 16 bits of Motorola": (saved(Image.fromarray(WIDE.astype(">u2")), "TIFF"), SAME),
    "TIFF 16 bits in 32": (saved(Image.fromarray(WIDE.astype(np.int32)), "TIFF"), SAME),
    "TIFF PA": (saved(RGBA.convert("PA"), "TIFF"), shown(RGBA.convert("PA"))),
    "TIFF YCbCr": (saved(RGB.convert("YCbCr"), "TIFF"), PIXELS),
    "TIFF deflate": (saved(RGB, "TIFF", compression="tiff_adobe_deflate"), PIXELS),
    "TIFF JPEG": (saved(RGB, "TIFF", compression="jpeg", quality=98), PIXELS),
    "PNG colour key": (saved(RGB, "PNG", transparency=KEY), with_white(PIXELS, (PIXELS == KEY).all(axis=2))),
    "PNG palette of alphas": (saved(FEW, "PNG", transparency=b"\xff" * 5 + b"\0" + b"\xff" * 58), HOLES),
    "JPEG progressive": (saved(RGB, "JPEG", progressive=True), PIXELS),
    "JPEG without YCbCr": (saved(RGB, "JPEG", keep_rgb=True), PIXELS),
    "JPEG MPO": (saved(RGB, "MPO", **FOUR, **SHARP["JPEG"]), PIXELS),
}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, extra: bytes = b"") -> bytes:
    """Return a PNG in grey, whose pixels are missing if it is large."""
    body = zlib.compress(bytes((width + 1) * height)) if width * height < 10**6 else b""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, **options: object) -> bytes:
    """Return a JPEG of this size that is mostly empty."""
    content = bytearray(saved(RGB, "JPEG", **options))
    at = content.index(b"\xff\xc2" if "progressive" in options else b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def tiff(*entries: tuple[int, int, int, int], data: bytes) -> bytes:
    """Return a TIFF of 48x24 in grey with these tags instead of the usual ones, and `data` from byte 1000 on."""
    usual = [(256, 3, 1, 48), (257, 3, 1, 24), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    tags = sorted({entry[:2]: entry for entry in [*usual, *entries]}.values())
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    return (b"II*\0" + struct.pack("<I", 8) + directory).ljust(1000, b"\0") + data


def gif(width: int, height: int) -> bytes:
    """Return a GIF whose only frame is of another size than the picture says it is."""
    frame = b"\x2c\0\0\0\0"
    return CASES["GIF L"][0].replace(frame + struct.pack("<HH", W, H), frame + struct.pack("<HH", width, height))


def many_exifs(number: int) -> bytes:
    return CASES["JPEG RGB"][0][:2] + b"\xff\xe1\0\x08Exif\0\0" * number + CASES["JPEG RGB"][0][2:]


def inner(number: int, values: int = 0) -> bytes:
    """Return a TIFF with up to four EXIF directories, and as many values in each."""
    data = struct.pack("<HHHII", 1, 0x9999, 3, values, 1000).ljust(2 * values + 100, b"\0")
    tags = [(tag, kind, 1, 4000) for tag in (0x8769, 0x8825) for kind in (4, 13)]
    return tiff((273, 4, 1, 1000), *tags[:number], data=bytes(3000) + data)
