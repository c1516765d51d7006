"""Copies of photos with numbered boxes: marked, so that they are not taken for photos of somebody's."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from fer_core.photo.face import Face

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


SMALLEST_TEXT = 10
"""Pixels of the smallest text that can still be read."""
COLOUR, INK = "#FFD400", "#111111"
"""Yellow with dark text: visible on skin of every colour, and to the colour-blind."""

Box = tuple[float, float, float, float]


def annotated(
    rgb: NDArray[np.uint8], faces: Sequence[Face], texts: Sequence[str], *, chosen: int | None = None
) -> Image.Image:
    """Return a photo `uint8 [H,W,3]` with a box around each face and a text beside it, sized by the face.

    A text that would hide a face or another text is shortened to its first word, the number.

    chosen : position of a face whose box is drawn heavier
    """
    picture = Image.fromarray(rgb).copy()
    draw = ImageDraw.Draw(picture)
    most = max(2, round(min(picture.size) / 240))
    boxes = [face.box for face in faces]
    used: list[Box] = []
    for at, (face, text) in enumerate(zip(faces, texts, strict=True)):
        thick = max(1, min(most, round(face.side / 60)))
        draw.rectangle(face.box, outline=COLOUR, width=2 * thick if at == chosen else thick)
        largest = max(SMALLEST_TEXT, min(round(min(picture.size) / 32), round(face.side / 6)))
        others = [*boxes[:at], *boxes[at + 1 :], *used]
        number = text.split(" ", 1)[0]
        tries = ((text, largest), (text, SMALLEST_TEXT), (number, SMALLEST_TEXT))
        placed = [_placed(draw, words, size, thick, face.box, others) for words, size in tries]
        _, words, font, where = min(placed, key=lambda one: one[0])  # the first of equals
        used.append(where)
        draw.rectangle(where, fill=COLOUR)
        x0, y0, _, _ = draw.textbbox((0, 0), words, font=font)
        draw.text((where[0] + 2 * thick - x0, where[1] + 2 * thick - y0), words, font=font, fill=INK)
    return picture


def _placed(
    draw: ImageDraw.ImageDraw, text: str, size: int, thick: int, face: Box, others: Sequence[Box]
) -> tuple[int, str, ImageFont.FreeTypeFont | ImageFont.ImageFont, Box]:
    """Return the pixels that a text hides at the best place beside a face; the text, its font and its place."""
    font = ImageFont.load_default(size=size)
    x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
    width, height = x1 - x0 + 4 * thick, y1 - y0 + 4 * thick
    across, down = draw.im.size
    left, top, right, bottom = face
    found: list[tuple[int, Box]] = []
    for y in (top - height, bottom + 1, max(top, 0.0)):
        for x in (left, right - width):
            x = min(max(0.0, x), max(0.0, across - width))
            if y >= 0 and (y + height <= down or y == max(top, 0.0)):
                place = (x, y, x + width, y + height)
                inside = y == max(top, 0.0)  # over the face itself: where there is no other place
                found.append((sum(_shared(place, other) for other in [*others, *([face] if inside else [])]), place))
    if not found:
        place = (max(0.0, min(left, across - width)), max(0.0, down - height), 0.0, 0.0)
        found = [(0, (place[0], place[1], place[0] + width, place[1] + height))]
    hidden, place = min(found, key=lambda one: one[0])
    return hidden, text, font, place


def _shared(one: Box, other: Box) -> int:
    """Return the pixels that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return round(width * height) if width > 0 and height > 0 else 0
