"""From a photo to the images that networks see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Frame
from fer_core.faces.align import align
from fer_core.faces.decode import Photo
from fer_core.faces.detect import detect
from fer_core.faces.face import Face
from fer_core.faces.illumination import ILLUMINATIONS


@dataclass(frozen=True, eq=False)
class Framed:
    """A face, the image `uint8 [48,48]` that networks see of it, and reasons to doubt the answer.

    reduced : the number by which the photo was decoded smaller than its file, for the face is in decoded pixels
    """

    face: Face
    image: NDArray[np.uint8]
    doubts: tuple[str, ...]
    reduced: int = 1


def frame_face(photo: Photo, face: Face, frame: Frame, *, illumination: str = "none") -> Framed:
    """Set one face of a photo as FER-2013 frames it."""
    if illumination not in ILLUMINATIONS:
        raise ValueError(f"illumination: expected one of {', '.join(ILLUMINATIONS)}, got {illumination!r}")
    height, width = photo.rgb.shape[:2]
    image = ILLUMINATIONS[illumination].apply(align(photo.grey, face, frame))
    return Framed(face, image, face.doubts(width, height), photo.reduced)


def framed_faces(
    photo: Photo, frame: Frame, *, detector: str = "mtcnn", small: bool = False, illumination: str = "none"
) -> tuple[Framed, ...]:
    """Return all faces of a photo, the largest first; none where there is none.

    detector, small : as for `detect`; illumination : a name of `ILLUMINATIONS`
    """
    faces = detect(photo.rgb, detector=detector, small=small)
    return tuple(frame_face(photo, face, frame, illumination=illumination) for face in faces)
