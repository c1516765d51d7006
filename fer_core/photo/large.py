"""Photos of today's phones, which Pillow could decode only with several copies of all their pixels."""

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
