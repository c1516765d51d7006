"""Photos with a face in them: the astronaut of scikit-image, in the public domain."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

Picture = NDArray[np.uint8]

ASTRONAUT: Picture = astronaut()
"""uint8 [512,512,3]."""
HER: Picture = np.ascontiguousarray(ASTRONAUT[10:260, 100:350])
"""Her head and shoulders, uint8 [250,250,3]."""
EYES, MOUTH = ((102.5, 91.0), (147.0, 93.0)), (123.5, 133.0)
"""The middles of her eyes and mouth in HER, by eye, to about three pixels."""


def scaled(picture: Picture, factor: float) -> Picture:
    """Return a picture enlarged or reduced."""
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))


def turned(picture: Picture, degrees: float) -> Picture:
    """Return a picture turned clockwise about its middle; its rim is repeated."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -degrees, 1)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE))


def on(canvas: Picture, picture: Picture, left: int, top: int) -> Picture:
    """Return a canvas with a picture on it."""
    out = canvas.copy()
    out[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return out


def saved(picture: Picture, kind: str = "PNG") -> bytes:
    """Return the bytes of a photo's file."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, kind)
    return content.getvalue()


TWO: Picture = on(on(np.full((400, 640, 3), 128, np.uint8), scaled(HER, 0.8), 10, 100), scaled(HER, 1.2), 300, 50)
"""Two faces, the larger one on the right."""
