"""From a photo to the images that networks see: faces set as FER-2013 frames them, which is not how a detector does."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Frame
from fer_core.emotions import SIDE
from fer_core.photo.decode import Photo
from fer_core.photo.detect import detect
from fer_core.photo.face import Face
from fer_core.photo.quality import spoilt_by

FINEST = 40
"""Samples across one pixel of the frame at most; a face beyond 1,900 pixels is sampled more sparsely than it is."""


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the turn, scale and shift that carry points [P,2] to others with least squares: float64 [2,3].

    Umeyama 1991, in the plane and without reflection.
    """
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    x, y = (source - from_mean).T
    u, v = (target - to_mean).T
    size = float((x * x + y * y).sum())
    if not size:
        raise ValueError("source: expected points that are not all in one place")
    a, b = float((x * u + y * v).sum()) / size, float((x * v - y * u).sum()) / size
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, to_mean - turn @ from_mean])


def placement(face: Face, frame: Frame) -> NDArray[np.float64]:
    """Return the similarity transform float64 [2,3] from the photo to the 48x48 frame.

    By the landmarks where there are any; else by where the frame has the boxes of that detector, and by the tilt.
    """
    if face.landmarks is not None:
        return similarity(face.landmarks, frame.landmarks)
    left, top, right, bottom = face.box
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    x0, y0, x1, y1 = frame.boxes.get(face.detector, (0.0, 0.0, float(SIDE), float(SIDE)))
    scale = math.sqrt((x1 - x0) * (y1 - y0)) / face.side
    angle = math.radians(-(face.tilt or 0.0))
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.column_stack([turn, np.array([(x0 + x1) / 2, (y0 + y1) / 2]) - turn @ centre])


def resample(grey: NDArray[np.uint8], transform: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Cut `uint8 [48,48]` out of a photo `uint8 [H,W]` by a transform from the photo to the frame.

    Where the photo is finer than the frame, samples are taken as finely as the photo's pixels and averaged over each
    pixel of the frame, so that nothing is aliased.  What lies outside the photo repeats its rim, as in training.
    """
    scale = math.sqrt(abs(float(np.linalg.det(transform[:, :2]))))
    finer = min(FINEST, max(1, math.ceil(1 / scale - 1e-6)))
    left, top, right, bottom = _reached(grey, transform)
    # Here (0, 0) is the corner of the first pixel, in OpenCV its middle.
    fine = transform * finer
    fine[:, 2] += fine[:, :2] @ (left + 0.5, top + 0.5) - 0.5
    part, side = grey[top:bottom, left:right], SIDE * finer
    samples = cv2.warpAffine(part, fine, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    means = np.asarray(samples, dtype=np.float64).reshape(SIDE, finer, SIDE, finer).mean(axis=(1, 3))
    return np.asarray(np.rint(means), dtype=np.uint8)


def _reached(grey: NDArray[np.uint8], transform: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the part of a photo that the frame reaches; OpenCV takes no long panorama."""
    corners = np.array([(0, 0), (SIDE, 0), (0, SIDE), (SIDE, SIDE)]) - transform[:, 2]
    there = np.linalg.solve(transform[:, :2], corners.T)
    size = np.array(grey.shape[::-1])
    # Two pixels more than the samples' middles need; where all lies outside, the rim that it repeats.
    first = np.clip(np.floor(there.min(axis=1)) - 2, 0, size - 1).astype(int)
    last = np.clip(np.ceil(there.max(axis=1)) + 2, first + 1, size).astype(int)
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def align(grey: NDArray[np.uint8], face: Face, frame: Frame) -> NDArray[np.uint8]:
    """Return a face of a photo `uint8 [H,W]` as FER-2013 frames it: `uint8 [48,48]`."""
    return resample(grey, placement(face, frame))


def plain_box(grey: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    """Return the detector's box, stretched to `uint8 [48,48]`: what is usually done, for comparison."""
    left, top, right, bottom = face.box
    scale = np.array([SIDE / (right - left), SIDE / (bottom - top)])
    return resample(grey, np.column_stack([np.diag(scale), -scale * (left, top)]))


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


@dataclass(frozen=True, eq=False)
class Framed:
    """A face, the image `uint8 [48,48]` that networks see of it, and reasons to doubt the answer.

    spoilt : whether blur, noise, compression or a cover are among them, for which the confidence is lowered
    reduced : the number by which the photo was decoded smaller than its file, for the face is in decoded pixels
    """

    face: Face
    image: NDArray[np.uint8]
    doubts: tuple[str, ...]
    reduced: int = 1
    spoilt: bool = False


def frame_face(photo: Photo, face: Face, frame: Frame, *, illumination: str = "none") -> Framed:
    """Set one face of a photo as FER-2013 frames it."""
    if illumination not in ILLUMINATIONS:
        raise ValueError(f"illumination: expected one of {', '.join(ILLUMINATIONS)}, got {illumination!r}")
    height, width = photo.rgb.shape[:2]
    image = align(photo.grey, face, frame)
    spoilt = spoilt_by(image, _part(photo, face))
    doubts = (*face.doubts(width, height), *spoilt)
    return Framed(face, ILLUMINATIONS[illumination].apply(image), doubts, photo.reduced, bool(spoilt))


def _part(photo: Photo, face: Face) -> NDArray[np.uint8]:
    """Return the face's box of a photo, grey; nothing of one that was decoded reduced, which smooths blocks away."""
    left, top, right, bottom = (max(0, round(edge)) for edge in face.box)
    return photo.grey[top:bottom, left:right] if photo.reduced == 1 else photo.grey[:0, :0]


def framed_faces(
    photo: Photo, frame: Frame, *, detector: str = "mtcnn", small: bool = False, illumination: str = "none"
) -> tuple[Framed, ...]:
    """Return all faces of a photo, the largest first; none where there is none.

    detector, small : as for `detect`; illumination : a name of `ILLUMINATIONS`
    """
    faces = detect(photo.rgb, detector=detector, small=small)
    return tuple(frame_face(photo, face, frame, illumination=illumination) for face in faces)
