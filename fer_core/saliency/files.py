"""Maps of one face as files: a picture to look at, and an npz file to go on with."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import npz
from fer_core.atomic import write_atomically
from fer_core.emotions import EMOTIONS
from fer_core.photo.copies import mark, shortened
from fer_core.saliency.arguments import Arguments
from fer_core.saliency.draw import common_scale, sheet
from fer_core.saliency.explainer import ATTRIBUTIONS, Map, class_names, resolved
from fer_core.saliency.fidelity import has_sides


@dataclass(frozen=True, eq=False)
class FaceMaps:
    """Maps of one face by one method, of S subjects.

    face : uint8 [48,48]; names [S]; values float32 [S,48,48]; explained float64 [S]; probabilities float64 [S,C]
    direction : what each explains, float32 [S,C]
    """

    face: NDArray[np.uint8]
    method: str
    arguments: Arguments
    names: tuple[str, ...]
    values: NDArray[np.float32]
    explained: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    direction: NDArray[np.float32]

    @property
    def classes(self) -> list[str]:
        """What each subject's map explains, in words."""
        return [class_names(along) for along in self.direction]

    @property
    def chances(self) -> list[float]:
        """The probability that each subject gives the explained class."""
        return [float(row[along.argmax()]) for row, along in zip(self.probabilities, self.direction, strict=True)]

    def png(self, photo: str = "") -> bytes:
        """Return the picture: face and maps side by side, on one colour scale; photo : the SHA-256 of its file."""
        titles = [
            f"{name}\n{named} {100 * chance:.0f}%"
            for name, named, chance in zip(self.names, self.classes, self.chances, strict=True)
        ]
        content, signed = io.BytesIO(), has_sides(self.method, self.arguments)
        sheet(self.face, titles, self.values, scale=common_scale(self.values), signed=signed).save(
            content, "PNG", pnginfo=mark(photo) if photo else None
        )
        return content.getvalue()

    def npz(self, **more: str) -> bytes:
        """Return everything as an npz file of plain arrays; more : texts to put in as well."""
        arguments = {name: asdict(self.arguments)[name] for name in ATTRIBUTIONS[self.method].uses}
        texts: dict[str, Any] = {"method": self.method, "arguments": json.dumps(arguments), **more}
        return npz(
            {
                "maps": self.values,
                "names": np.array(self.names),
                "face": self.face,
                "explained": self.explained,
                "class": np.array(self.classes),
                "probabilities": self.probabilities,
                "emotions": np.array(EMOTIONS),
                **{key: np.array(text) for key, text in texts.items()},
            }
        )

    def record(self) -> list[dict[str, Any]]:
        """Return one plain record a subject."""
        return [
            {
                "name": name,
                "class": named,
                "probability": round(chance, 4),
                "explained": round(float(number), 4),
                "probabilities": {emotion: round(float(p), 4) for emotion, p in zip(EMOTIONS, row, strict=True)},
            }
            for name, named, chance, number, row in zip(
                self.names, self.classes, self.chances, self.explained, self.probabilities, strict=True
            )
        ]


def face_maps(
    faces: NDArray[np.uint8], method: str, arguments: Arguments, names: Sequence[str], maps: Sequence[Map]
) -> list[FaceMaps]:
    """Return the maps by face; maps : one a subject, each of all faces uint8 [F,48,48]."""
    return [
        FaceMaps(
            face,
            method,
            resolved(ATTRIBUTIONS[method], arguments),
            tuple(names),
            np.stack([found.values[i] for found in maps]),
            np.array([found.explained[i] for found in maps]),
            np.stack([found.probabilities[i] for found in maps]),
            np.stack([found.direction[i] for found in maps]),
        )
        for i, face in enumerate(faces)
    ]


def write_face(found: FaceMaps, folder: Path, stem: str, photo: str) -> tuple[Path, Path]:
    """Write the PNG and the NPZ of a face and return their paths.

    photo : the SHA-256 of the photo's file.  Earlier files are replaced where they are of the same photo, face and
    method; anything else of that name is left alone, and the new files get a number.
    Each is written whole or not at all; raises WriteError where the folder cannot be written to.
    """
    number, paths = 1, _paths(folder, stem, f".{found.method}")
    while not _ours(*paths, photo):
        number += 1
        paths = _paths(folder, stem, f".{found.method}-{number}")
    for path, content in zip(paths, (found.png(photo), found.npz(photo=photo)), strict=True):
        write_atomically(path, content)
    return paths


def _paths(folder: Path, stem: str, ending: str) -> tuple[Path, Path]:
    return folder / shortened(stem, f"{ending}.png"), folder / shortened(stem, f"{ending}.npz")


def _ours(png: Path, arrays: Path, photo: str) -> bool:
    """Tell whether two names are free, or hold what was written for the same photo before."""
    if not any(path.is_symlink() or path.exists() for path in (png, arrays)):
        return True
    try:
        with np.load(arrays, allow_pickle=False) as found:
            return str(found["photo"]) == photo and not (png.is_symlink() or arrays.is_symlink())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return False
