"""Photos in, answers out: what `predict` prints and writes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.ensemble import Answer, Setting
from fer_core.ensemble.answer import Balance
from fer_core.errors import BadPhoto
from fer_core.inference import Panel
from fer_core.photo.calibrated import CalibratedEnsemble
from fer_core.photo.decode import MAX_BYTES, Photo, decode
from fer_core.photo.framing import Framed, framed_faces
from fer_core.terminology import MEASURED_ON


@dataclass(frozen=True)
class Look:
    """How photos are looked at: detector, whether for small faces, illumination, the view, and the prior.

    balanced : whether the prior is corrected, so that rare emotions are found more often
    """

    detector: str = "mtcnn"
    small: bool = False
    illumination: str = "none"
    view: str = "one_view"
    balanced: bool = False


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
        self.frame, self.panel, self.calibrated_ensemble = (
            artifacts.frame(),
            Panel(artifacts),
            CalibratedEnsemble(artifacts),
        )
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
        if not looked.faces:
            return []
        spoilt = [framed.spoilt for framed in looked.faces]
        return self.calibrated_ensemble.answers(
            setting, looked.look.view, looked.logits, spoilt=spoilt, balance=looked.look.balanced
        )

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
            "temperature": self.calibrated_ensemble.temperature(setting, look.view),
            "spoilt_temperature_factor": round(self.calibrated_ensemble.spoilt_factor(setting), 4),
            "confidence_measured_on": MEASURED_ON,
            "balance": _balance_record(self.calibrated_ensemble.balance(setting, look.view)) if look.balanced else None,
            "accuracy": {
                split: self.calibrated_ensemble.accuracy(setting, look.view, split) for split in ("valid", "test")
            },
        }


def _balance_record(balance: Balance | None) -> dict[str, Any] | None:
    """Return a prior correction as plain values: what it does on PublicTest, without and with it."""
    if balance is None:
        return None
    pairs = {"accuracy": balance.accuracy, "macro_recall": balance.recall}
    return {"power": balance.power, **{name: [round(x, 4) for x in pair] for name, pair in pairs.items()}}


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
        "detector_windows": face.windows,
        "tilt": None if face.tilt is None else round(face.tilt, 1),
        "doubts": list(framed.doubts),
        "confidence_lowered": framed.spoilt and answer.confidence is not None,
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
    import pandas as pd  # here, because it is large

    rows: list[dict[str, Any]] = []
    for record in records:
        rows += [{"photo": record["photo"], **_cells(face)} for face in record["faces"]]
        if not record["faces"]:
            rows.append({"photo": record["photo"], "error": record.get("error") or "no face was found"})
    # As objects, numbers are written as they are, and what is missing as nothing.
    written = pd.DataFrame(rows, columns=[*COLUMNS, *AFTER], dtype=object)
    text: str = written.to_csv(index=False, lineterminator="\n")
    return text


def _cells(face: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a face, by column."""
    box = zip(("left", "top", "right", "bottom"), face["box"], strict=True)
    plain = {name: face[name] for name in (*COLUMNS, *AFTER) if name in face}
    return {**plain, **dict(box), **face["shares"], "doubts": "; ".join(face["doubts"])}


def label(number: int, framed: Framed, answer: Answer) -> str:
    """Return what an annotated copy says of a face: its number, the answer, and the first word of each doubt."""
    doubts = [doubt.split(":")[0].split(",")[0] for doubt in framed.doubts]
    return f"{number} {likely(answer)}" + (f"? ({', '.join(doubts)})" if doubts else "")


def likely(answer: Answer) -> str:
    """Return the answer in a few words, with its confidence in percent where there is one."""
    name = EMOTIONS[answer.label]
    if answer.confidence is None:
        return name
    return f"{name} {100 * answer.confidence:.0f}%"
