"""The library in five lines: artifacts in, emotions of the faces in a photo out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Answer, Setting, choose
from fer_core.photo.decode import decode
from fer_core.photo.detect import DETECTORS
from fer_core.photo.framing import Framed
from fer_core.photo.predict import Look, Predictor, read
from fer_core.reports.summary import explorer_of


@dataclass(frozen=True)
class Prediction:
    """What an ensemble says of one face.

    Attributes
    ----------
    emotion
        The ensemble's answer, one of `fer_core.emotions.EMOTIONS`.
    confidence
        How often so sure an answer is right on PublicTest, 0 to 1; None for a hard vote, which has no probabilities.
    probabilities
        Calibrated probability of each emotion; for a hard vote, each emotion's share of the vote.
    members
        The answer of every member of the ensemble.
    box
        Left, top, right and bottom edge of the face in pixels of the photo's file.
    doubts
        Why the answer deserves less trust than its confidence says, in words; empty where nothing speaks against it.
    """

    emotion: str
    confidence: float | None
    probabilities: Mapping[str, float]
    members: Mapping[str, str]
    box: tuple[float, float, float, float]
    doubts: tuple[str, ...]


class Recogniser:
    """An ensemble of the artifacts' networks, ready for photos.

    Parameters
    ----------
    artifacts
        What training wrote, as `fer_core.artifacts.open_artifacts` returns it.
    setting
        Members, weighting and combiner, as `setting_of` returns them.

    Examples
    --------
    >>> import fer_core
    >>> for face in fer_core.load().predict("photo.jpg"):  # doctest: +SKIP
    ...     print(face.emotion, face.confidence)
    """

    def __init__(self, artifacts: Artifacts, setting: Setting) -> None:
        self._predictor = Predictor(artifacts)
        self.setting = setting

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the networks that answer, in order."""
        return self.setting.members

    def predict(self, photo: str | Path | bytes, *, detector: str = "mtcnn") -> list[Prediction]:
        """Find the faces of a photo and say what each shows.

        Parameters
        ----------
        photo
            A path, or the bytes of a file, in any format that Pillow reads.
        detector
            "mtcnn", "haar", or "whole" for a picture that is one face.

        Returns
        -------
        list of Prediction
            One a face, the largest first; empty where no face was found.

        Raises
        ------
        BadPhoto
            If the photo cannot be read.
        ValueError
            If there is no such detector.
        """
        if detector not in DETECTORS:
            raise ValueError(f"detector: expected one of {', '.join(DETECTORS)}, got {detector!r}")
        content = photo if isinstance(photo, bytes) else read(Path(photo))
        found = decode(content, name="the photo" if isinstance(photo, bytes) else str(photo))
        looked = self._predictor.look(found, Look(detector))
        answers = self._predictor.answers(looked, self.setting)
        return [_prediction(framed, answer) for framed, answer in zip(looked.faces, answers, strict=True)]


def _prediction(framed: Framed, answer: Answer) -> Prediction:
    left, top, right, bottom = (float(edge * framed.reduced) for edge in framed.face.box)
    probabilities = answer.shares if answer.calibrated is None else answer.calibrated
    votes = zip(answer.members, answer.votes.tolist(), answer.chosen.tolist(), strict=True)
    return Prediction(
        EMOTIONS[answer.label],
        answer.confidence,
        dict(zip(EMOTIONS, probabilities.tolist(), strict=True)),
        {name: EMOTIONS[vote] for name, vote, on in votes if on},
        (left, top, right, bottom),
        framed.doubts,
    )


def setting_of(
    artifacts: Artifacts,
    members: Sequence[str] | None = None,
    weighting: str | None = None,
    combiner: str | None = None,
) -> Setting:
    """Return the ensemble that is asked for; where nothing is, the one that is best on PublicTest.

    Raises ValueError, `NAME: what is wrong with it`, for a member, a weighting or a combiner that there is not.
    """
    if members is None and weighting is None and combiner is None:
        best = choose(explorer_of(artifacts)).setting
        return Setting(best.members, best.weighting, best.combiner)
    there = artifacts.manifest.members
    names = there if members is None else tuple(dict.fromkeys(members))
    if not names:
        raise ValueError("members: expected one at least")
    for name in names:
        if name not in there:
            raise ValueError(f"members: no member is called {name!r}; there are {', '.join(there)}")
    fitted = [name for name, known in WEIGHTINGS.items() if known.fit is not None]
    if weighting is not None and weighting not in fitted:
        raise ValueError(f"weighting: expected one of {', '.join(fitted)}, got {weighting!r}")
    if combiner is not None and combiner not in COMBINERS:
        raise ValueError(f"combiner: expected one of {', '.join(COMBINERS)}, got {combiner!r}")
    return Setting(names, weighting or "equal", combiner or "mean_probability")
