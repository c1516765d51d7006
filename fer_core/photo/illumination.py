"""Evening out the light of a face, as the slides did before training."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Illumination:
    """One way to even out light; apply : `uint8 [48,48]` -> `uint8 [48,48]`."""

    title: str
    description: str
    apply: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def _equalise(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.equalizeHist(image), dtype=np.uint8)


def _clahe(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 4)).apply(image), dtype=np.uint8)


ILLUMINATIONS: dict[str, Illumination] = {
    "none": Illumination("None", "The light as it is, as the networks learned it.", lambda image: image),
    "equalise": Illumination("Histogram equalisation", "Every grey level becomes equally frequent.", _equalise),
    "clahe": Illumination("CLAHE", "The same in each of 4 x 4 tiles, with limited contrast (Zuiderveld 1994).", _clahe),
}
"""Every way by the name that links and the command line use."""
