"""A copy of a photo with numbered boxes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fer_core.faces.face import Face

SMALLEST_TEXT = 12
COLOUR, INK = "#FFD400", "#111111"
"""Yellow with dark text: visible on skin of every colour, and to the colour-blind."""


def annotated(
    rgb: NDArray[np.uint8], faces: Sequence[Face], texts: Sequence[str], *, chosen: int | None = None
) -> Image.Image:
    """Return a photo `uint8 [H,W,3]` with a box around each face and a text at its upper edge.

    chosen : position of a face whose box is drawn heavier
    """
    picture = Image.fromarray(rgb).copy()
    draw = ImageDraw.Draw(picture)
    thick = max(2, round(min(picture.size) / 240))
    for at, (face, text) in enumerate(zip(faces, texts, strict=True)):
        left, top, right, bottom = face.box
        draw.rectangle((left, top, right, bottom), outline=COLOUR, width=2 * thick if at == chosen else thick)
        font = ImageFont.load_default(size=max(SMALLEST_TEXT, round(min(picture.size) / 32)))
        x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
        width, height = x1 - x0 + 4 * thick, y1 - y0 + 4 * thick
        x = min(max(0.0, left), max(0.0, picture.width - width))
        y = top - height if top >= height else max(0.0, top)
        draw.rectangle((x, y, x + width, y + height), fill=COLOUR)
        draw.text((x + 2 * thick - x0, y + 2 * thick - y0), text, font=font, fill=INK)
    return picture
