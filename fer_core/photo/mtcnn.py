"""MTCNN: three small networks that find faces with five landmarks (Zhang et al. 2016, arXiv 1604.02878)."""

import threading
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from fer_core.photo.face import Face, tilt_of

THRESHOLDS, PYRAMID, CELL = (0.6, 0.7, 0.7), 0.709, 12.0
"""The detector's own: least probability at each of its three stages, the step between two scales, and the pixels of the
first stage's window."""

_LOADING = threading.Lock()


@cache
def _load() -> tuple[nn.Module, nn.Module, nn.Module]:
    from facenet_pytorch import MTCNN  # type: ignore[import-untyped]

    found = MTCNN(device="cpu")
    return found.pnet.eval(), found.rnet.eval(), found.onet.eval()


def networks() -> tuple[nn.Module, nn.Module, nn.Module]:
    """Return the three networks, loaded once; their forward passes change nothing, so threads share them."""
    with _LOADING:
        return _load()


def find(images: NDArray[np.uint8], *, smallest: float) -> list[list[Face]]:
    """Return the faces in each of `uint8 [N,H,W,3]` whose side is at least about `smallest` pixels, in no order."""
    from facenet_pytorch.models.utils.detect_face import detect_face  # type: ignore[import-untyped]

    if min(images.shape[1:3]) * (CELL / smallest) < CELL:
        return [[] for _ in images]  # no scale is left to look at, where the package raises
    with torch.no_grad():
        boxes, points = detect_face(images, smallest, *networks(), THRESHOLDS, PYRAMID, torch.device("cpu"))
    return [
        [_face(box, landmarks) for box, landmarks in zip(of_one, marks, strict=True)]
        for of_one, marks in zip(boxes, points, strict=True)
    ]


def _face(box: NDArray[np.float32], landmarks: NDArray[np.float32]) -> Face:
    left, top, right, bottom, probability = map(float, box)
    marks = landmarks.astype(np.float64)
    return Face((left, top, right, bottom), "mtcnn", probability, marks, tilt_of(marks[0], marks[1]))
