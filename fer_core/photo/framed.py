"""From a photo to the images that networks see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Frame
from fer_core.photo.align import align
from fer_core.photo.decode import Photo
from fer_core.photo.detect import detect
from fer_core.photo.face import Face
from fer_core.photo.illumination import ILLUMINATIONS
from fer_core.photo.quality import spoilt_by


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
