"""Maps as pictures: laid over the face, and side by side on one colour scale.  Pillow and NumPy alone."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from fer_core.emotions import SIDE

AGAINST, FOR, AMOUNT = (0, 114, 178), (213, 94, 0), (230, 159, 0)
"""Blue speaks against, vermilion for; orange says how much without a side.  Okabe & Ito 2008."""

PAPER, INK, QUIET = (255, 255, 255), (17, 17, 17), (110, 110, 110)
ENLARGE = 5
COLUMNS = 6
"""Pictures side by side at most; more begin a new row."""
_GAP, _TEXT, _LINE, _BAR = 12, 15, 20, 12


def common_scale(maps: NDArray[np.float32]) -> float:
    """Return the value that is drawn in full colour: the 99th percentile of all |values|.

    Where that is 0 it is the largest, and 1 for maps of zeros.
    """
    sizes = np.abs(maps)
    if not sizes.size:
        return 1.0
    return float(np.percentile(sizes, 99)) or float(sizes.max()) or 1.0


def overlay(
    face: NDArray[np.uint8],
    values: NDArray[np.float32],
    *,
    scale: float,
    signed: bool,
    strength: float = 0.7,
    enlarge: int = ENLARGE,
) -> NDArray[np.uint8]:
    """Return a map [48,48] over its face `uint8 [48,48]`: RGB `uint8 [48*enlarge,48*enlarge,3]`.

    scale : the value of full colour; signed : whether values below zero speak against
    strength : the share of colour in full colour, 0 to 1; enlarge : side of a pixel
    """
    if face.shape != values.shape or face.ndim != 2:
        raise ValueError(f"values: expected the face's shape {list(face.shape)}, got {list(values.shape)}")
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"scale: expected a positive number, got {scale}")
    if not 0 <= strength <= 1:
        raise ValueError(f"strength: expected 0 to 1, got {strength}")
    share = np.clip(values.astype(np.float64) / scale, -1, 1)
    if not signed:
        share = np.maximum(share, 0)
    colour = np.where(share[..., None] < 0, AGAINST, FOR if signed else AMOUNT)
    much = strength * np.abs(share)[..., None]
    mixed = np.rint((1 - much) * face[..., None] + much * colour).astype(np.uint8)
    return mixed.repeat(enlarge, axis=0).repeat(enlarge, axis=1)


def sheet(
    face: NDArray[np.uint8],
    titles: Sequence[str],
    maps: NDArray[np.float32],
    *,
    scale: float,
    signed: bool,
    strength: float = 0.7,
) -> Image.Image:
    """Return one picture: the face, then each of the maps `[S,48,48]` under its title, and what the colours mean."""
    if len(titles) != len(maps):
        raise ValueError(f"titles: expected one for each of {len(maps)} maps, got {len(titles)}")
    grey = np.zeros(face.shape, np.float32)
    tiles = [
        overlay(face, values, scale=scale, signed=signed, strength=strength) for values in (grey, *np.asarray(maps))
    ]
    columns, side = min(COLUMNS, len(tiles)), SIDE * ENLARGE
    lines = max(1, *(title.count("\n") + 1 for title in titles)) if titles else 1
    across, down = side + _GAP, side + _GAP + lines * _LINE
    rows = -(-len(tiles) // columns)
    picture = Image.new("RGB", (_GAP + columns * across, _GAP + rows * down + _LINE + _GAP), PAPER)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=_TEXT)
    for at, (title, tile) in enumerate(zip(("face", *titles), tiles, strict=True)):
        x, y = _GAP + at % columns * across, _GAP + at // columns * down
        draw.text((x, y), title, font=font, fill=INK, spacing=_LINE - _TEXT)
        picture.paste(Image.fromarray(tile), (x, y + lines * _LINE))
    _legend(picture, draw, font, scale=scale, signed=signed, strength=strength)
    return picture


def _legend(
    picture: Image.Image,
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    *,
    scale: float,
    signed: bool,
    strength: float,
) -> None:
    """Draw the colour scale with its ends below the pictures."""
    ends = (f"against, -{scale:.2g}", f"for, {scale:.2g}") if signed else ("0", f"{scale:.2g}")
    top, width = picture.height - _GAP - _LINE, SIDE * 3
    ramp = np.linspace(-scale if signed else 0, scale, width)[None].repeat(_BAR, axis=0)
    grey = np.full(ramp.shape, 128, np.uint8)
    bar = overlay(grey, ramp.astype(np.float32), scale=scale, signed=signed, strength=strength, enlarge=1)
    x = _GAP
    draw.text((x, top), ends[0], font=font, fill=QUIET)
    x += round(draw.textlength(ends[0], font=font)) + _GAP
    picture.paste(Image.fromarray(bar), (x, top + 3))
    draw.text((x + width + _GAP, top), ends[1], font=font, fill=QUIET)
