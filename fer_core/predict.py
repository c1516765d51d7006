"""Photos in, answers out: what `predict` prints and writes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.ensemble import Answer, Setting
from fer_core.errors import BadPhoto
from fer_core.faces.decode import MAX_BYTES, Photo, decode
from fer_core.faces.framed import Framed, framed_faces
from fer_core.inference import Panel
from fer_core.judge import Judge


@dataclass(frozen=True)
class Look:
    """How photos are looked at: detector, whether for small faces, illumination, and the view of each face."""

    detector: str = "mtcnn"
    small: bool = False
    illumination: str = "none"
    view: str = "one_view"


@dataclass(frozen=True, eq=False)
class Looked:
    """The faces of one photo, and what every member says of them: logits float32 [M,F,7], in the view of `look`."""

    photo: Photo
    faces: tuple[Framed, ...]
    logits: NDArray[np.float32]
    look: Look


@dataclass(frozen=True, eq=False)
class Seen:
    """A photo and the answers for its faces; or why it could not be read."""

    path: Path
    photo: Photo | None
    faces: tuple[tuple[Framed, Answer], ...] = ()
    error: str = ""


class Predictor:
    """Everything that answers need: the frame, the networks, and the explorers of both views; threads share it.

    views : of a face under full augmentation, the most that any member looks at
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self.frame, self.panel, self.judge = artifacts.frame(), Panel(artifacts), Judge(artifacts)
        self.views = max(int(card.augmentation.get("views", 1)) for card in artifacts.cards.values())

    def look(self, photo: Photo, look: Look) -> Looked:
        """Find the faces of a photo and show them to every member."""
        faces = framed_faces(
            photo, self.frame, detector=look.detector, small=look.small, illumination=look.illumination
        )
        images = np.stack([face.image for face in faces]) if faces else np.empty((0, SIDE, SIDE), np.uint8)
        return Looked(photo, faces, self.panel.logits(images, full=look.view == "full"), look)

    def answers(self, looked: Looked, setting: Setting) -> list[Answer]:
        """Return the answer of a setting for each face of a photo."""
        return self.judge.answers(setting, looked.look.view, looked.logits) if looked.faces else []

    def run(self, paths: Iterable[Path], setting: Setting, look: Look) -> Iterator[Seen]:
        """Yield every photo in order; one that cannot be read is reported in its place."""
        for path in paths:
            try:
                photo = decode(read(path), name=str(path))
            except BadPhoto as error:
                yield Seen(path, None, error=str(error))
                continue
            looked = self.look(photo, look)
            yield Seen(path, photo, tuple(zip(looked.faces, self.answers(looked, setting), strict=True)))

    def header(self, setting: Setting, look: Look) -> dict[str, Any]:
        """Return what holds for all answers: the setting, the look, and how good both are on FER-2013."""
        return {
            "members": list(setting.members),
            "weighting": setting.weighting,
            "combiner": setting.combiner,
            **asdict(look),
            "views": 1 if look.view == "one_view" else self.views,
            "temperature": self.judge.temperature(setting, look.view),
            "accuracy": {split: self.judge.accuracy(setting, look.view, split) for split in ("valid", "test")},
        }


def read(path: Path) -> bytes:
    """Return the bytes of a photo; raises BadPhoto for a file that cannot be read or is too large to be looked at."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadPhoto(f"{path} cannot be read: {error.strerror or error}.") from error


def face_record(number: int, framed: Framed, answer: Answer) -> dict[str, Any]:
    """Return one face as plain values: probabilities are shares, the box is in pixels of the photo's file."""
    face = framed.face
    return {
        "face": number,
        "box": [round(edge * framed.reduced, 1) for edge in face.box],
        "detector_probability": None if face.probability is None else round(face.probability, 4),
        "tilt": None if face.tilt is None else round(face.tilt, 1),
        "doubts": list(framed.doubts),
        "emotion": EMOTIONS[answer.label],
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "shares": _shares(answer.shares),
        "members": {
            name: {"emotion": EMOTIONS[vote], "probabilities": _shares(row)}
            for name, vote, row in zip(answer.members, answer.votes.tolist(), answer.probabilities, strict=True)
        },
        "members_against": answer.against,
        "entropy": round(answer.entropy, 4),
        "mutual_information": round(answer.information, 4),
    }


def _shares(values: Iterable[float]) -> dict[str, float]:
    return {emotion: round(float(value), 4) for emotion, value in zip(EMOTIONS, values, strict=True)}


def photo_record(seen: Seen) -> dict[str, Any]:
    """Return one photo as plain values."""
    if seen.photo is None:
        return {"photo": str(seen.path), "error": seen.error, "faces": []}
    faces = [face_record(i, framed, answer) for i, (framed, answer) in enumerate(seen.faces, 1)]
    return {"photo": str(seen.path), "size": list(seen.photo.size), "faces": faces}


COLUMNS = ("photo", "face", "left", "top", "right", "bottom", "emotion", "confidence", *EMOTIONS)
AFTER = ("members_against", "entropy", "mutual_information", "doubts", "error")


def table(records: Iterable[Mapping[str, Any]]) -> str:
    """Return records of photos as CSV, one row a face; a photo without any has a row of its own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *AFTER])
    for record in records:
        for face in record["faces"]:
            confidence = "" if face["confidence"] is None else face["confidence"]
            shares = [face["shares"][emotion] for emotion in EMOTIONS]
            after = [face["members_against"], face["entropy"], face["mutual_information"], "; ".join(face["doubts"])]
            writer.writerow(
                [record["photo"], face["face"], *face["box"], face["emotion"], confidence, *shares, *after, ""]
            )
        if not record["faces"]:
            blanks = [""] * (len(COLUMNS) + len(AFTER) - 2)
            writer.writerow([record["photo"], *blanks, record.get("error") or "no face was found"])
    return text.getvalue()


def likely(answer: Answer) -> str:
    """Return the answer in a few words, with its confidence in percent where there is one."""
    name = EMOTIONS[answer.label]
    if answer.confidence is None:
        return name
    return f"{name} {100 * answer.confidence:.0f}%"
