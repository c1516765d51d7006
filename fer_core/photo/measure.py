"""Measuring how FER-2013 frames a face, on its Training images."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Frame
from fer_core.emotions import SIDE
from fer_core.errors import DatasetError
from fer_core.photo import haar, mtcnn
from fer_core.photo.face import Face

ENLARGED, MARGIN, BATCH = 4, 12, 32
"""Times that an image is enlarged, pixels of the frame by which its rim is repeated around it (detectors were made for
faces inside a photo), and images that are looked at together."""

FEWEST = 100
"""Faces below which medians mean little."""


def enlarged(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images `uint8 [N,48,48]` as detectors see them: `uint8 [N,288,288]`."""
    side = SIDE * ENLARGED

    def one(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        rim = MARGIN * ENLARGED
        return np.asarray(cv2.copyMakeBorder(large, rim, rim, rim, rim, cv2.BORDER_REPLICATE), dtype=np.uint8)

    return np.stack([one(image) for image in images])


def _quartiles(values: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return medians, and half the distances between the quartiles."""
    low, median, high = np.percentile(np.stack(values), [25, 50, 75], axis=0)
    return median, (high - low) / 2


def measure(images: NDArray[np.uint8], *, advance: Callable[[int], None] = lambda images: None) -> Frame:
    """Return where the faces of images `uint8 [N,48,48]` stand; those with no face or several are left out.

    advance : called with the number of images done since the last call
    Raises DatasetError where too few faces are found.
    """
    single: dict[str, list[Face]] = {"mtcnn": [], "haar": []}
    for start in range(0, len(images), BATCH):
        large = enlarged(images[start : start + BATCH])
        smallest = SIDE * ENLARGED / 2
        by_detector = {
            "mtcnn": mtcnn.find(np.repeat(large[..., None], 3, axis=3), smallest=smallest),
            "haar": [haar.find(picture, smallest=smallest) for picture in large],
        }
        for name, found in by_detector.items():
            single[name] += [faces[0] for faces in found if len(faces) == 1]
        advance(len(large))
    for name, faces in single.items():
        if len(faces) < FEWEST:
            raise DatasetError(f"{name} found a face in {len(faces)} of {len(images)} images; give it more images.")
    marks = [face.landmarks / ENLARGED - MARGIN for face in single["mtcnn"] if face.landmarks is not None]
    landmarks, spread = _quartiles(marks)
    boxes = {}
    for name, faces in single.items():
        left, top, right, bottom = _quartiles([np.array(face.box) / ENLARGED - MARGIN for face in faces])[0].tolist()
        boxes[name] = (left, top, right, bottom)
    return Frame(landmarks, spread, boxes, len(images), {name: len(faces) for name, faces in single.items()})
