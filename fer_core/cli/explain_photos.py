"""`python -m fer_core explain PHOTO...`: maps of the faces in photos, written to a folder."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import typer

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.cli.answers import FAILED, UNREAD, Answers
from fer_core.cli.predict import nothing_found, setting_of
from fer_core.cli.terminal import image_bar, say
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, Setting
from fer_core.errors import BadPhoto, PhotoError, SaliencyError, WriteError
from fer_core.photo.copies import LONGEST_NAME, shortened
from fer_core.photo.decode import decode
from fer_core.photo.detect import DETECTORS
from fer_core.photo.find_photos import find_photos
from fer_core.photo.framing import framed_faces
from fer_core.photo.predict import read
from fer_core.saliency import ATTRIBUTIONS, BASELINES, Arguments, Explainer, Subject, Target, resolved, subjects_of
from fer_core.saliency.files import face_maps, write_face


@dataclass(frozen=True)
class Wish:
    """What the command line asks for, as it was typed; None where it was not."""

    method: str
    members: str | None
    weighting: str | None
    combiner: str | None
    target: str | None
    against: str | None
    baseline: str | None
    steps: int | None
    samples: int | None
    detector: str
    small: bool


def explain_photos(root: Path, photos: list[str], out: Path, wish: Wish, *, form: str) -> None:
    """Write maps of every face in photos to a folder and say what they explain, in a form of `FORMS`."""
    _check(wish)
    target, arguments = _target(wish), _arguments(wish)
    artifacts = open_artifacts(root)
    named = find_photos(photos)
    setting = setting_of(artifacts, wish.members, wish.weighting, wish.combiner)
    explainer = Explainer(artifacts)
    reasons = {subject: subject.why_not(wish.method) for subject in subjects_of(explainer, setting)}
    left_out = {subject.name: reason for subject, reason in reasons.items() if reason}
    served = [subject for subject, reason in reasons.items() if not reason]
    if not served:
        raise SaliencyError(next(iter(left_out.values())))
    for reason in left_out.values():
        say(f"fer_core: {reason}  It is left out.", error=True)
    work = _Work(artifacts, explainer, setting, served, wish, target, arguments, out)
    entry = ATTRIBUTIONS[wish.method]
    used = {name: getattr(resolved(entry, arguments), name) for name in entry.uses}
    header: dict[str, Any] = {
        "members": list(setting.members),
        "weighting": setting.weighting,
        "combiner": setting.combiner,
        "detector": wish.detector,
        "small": wish.small,
        "method": wish.method,
        "arguments": used,
        "left_out": left_out,
    }
    answers = Answers(form, header, len(named.paths))
    with image_bar("Maps", len(named.paths) * len(served)) as advance, answers:
        answers.nowhere(named.problems)
        for path in named.paths:
            _answer(work, path, advance, answers)
    answers.finish()


def _check(wish: Wish) -> None:
    """Refuse what does not exist, naming what does."""
    known: tuple[tuple[str, str | None, Collection[str]], ...] = (
        ("--method", wish.method, ATTRIBUTIONS),
        ("--detector", wish.detector, DETECTORS),
        ("--combiner", wish.combiner, COMBINERS),
        ("--target", wish.target, EMOTIONS),
        ("--against", wish.against, EMOTIONS),
        ("--baseline", wish.baseline, BASELINES),
    )
    for option, value, names in known:
        if value is not None and value not in names:
            raise typer.BadParameter(f"expected one of {', '.join(names)}, got {value!r}", param_hint=option)


def _target(wish: Wish) -> Target:
    codes = [None if name is None else EMOTIONS.index(name) for name in (wish.target, wish.against)]
    try:
        return Target(*codes)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--against") from error


def _arguments(wish: Wish) -> Arguments:
    entry = ATTRIBUTIONS[wish.method]
    given = {name: getattr(wish, name) for name in ("baseline", "steps", "samples") if getattr(wish, name) is not None}
    for name in given:
        if name not in entry.uses:
            raise typer.BadParameter(f"{entry.title} takes no {name}.", param_hint=f"--{name}")
    try:
        return Arguments(**given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=f"--{str(error).split(':')[0]}") from error


@dataclass(frozen=True, eq=False)
class _Work:
    artifacts: Artifacts
    explainer: Explainer
    setting: Setting
    subjects: Sequence[Subject]
    wish: Wish
    target: Target
    arguments: Arguments
    out: Path


def _answer(work: _Work, path: Path, advance: Callable[[int], None], answers: Answers) -> None:
    """Explain one photo, and write what came of it."""
    record: dict[str, Any] = {"photo": str(path), "faces": []}
    try:
        _explained(work, path, advance, record)
    except (PhotoError, WriteError) as error:
        unread = isinstance(error, BadPhoto)
        if unread:
            advance(len(work.subjects))
        record["error"] = str(error)
        answers.add(record, _lines(record, path), problem=str(error), code=UNREAD if unread else FAILED)
        return
    answers.add(record, _lines(record, path) or [nothing_found(path, small=work.wish.small)])


def _lines(record: Mapping[str, Any], path: Path) -> list[str]:
    lines = []
    for face in record["faces"]:
        which = f", face {face['face']} of {len(record['faces'])}" if len(record["faces"]) > 1 else ""
        first = face["maps"][0]
        lines.append(
            f"{path}{which}: {first['name']} {first['class']} {100 * first['probability']:.0f}%: {face['png']}"
        )
    return lines


def _explained(work: _Work, path: Path, advance: Callable[[int], None], record: dict[str, Any]) -> None:
    """Add the faces of a photo to its record, each when its files are written."""
    content = read(path)
    photo = decode(content, name=str(path))
    faces = framed_faces(photo, work.artifacts.frame(), detector=work.wish.detector, small=work.wish.small)
    record["size"] = list(photo.size)
    if not faces:
        advance(len(work.subjects))
        return
    images, maps = np.stack([face.image for face in faces]), []
    for subject in work.subjects:
        maps.append(
            work.explainer.explain(subject, images, work.wish.method, target=work.target, arguments=work.arguments)
        )
        advance(1)
    answers = work.explainer.calibrated_ensemble.answers(
        work.setting, "one_view", work.explainer.panel.logits(images), spoilt=[face.spoilt for face in faces]
    )
    # What the setting as a whole says is said with the confidence that `predict` gives it.
    whole = 0 if work.subjects[0].members == work.explainer.ensemble(work.setting).members else None
    calibrated = [answer.calibrated for answer in answers if answer.calibrated is not None]
    if whole is not None and len(calibrated) == len(maps[whole].probabilities):
        maps[whole] = replace(maps[whole], probabilities=np.stack(calibrated))
    names = [subject.name for subject in work.subjects]
    digest = hashlib.sha256(content).hexdigest()
    for number, (framed, answer, found) in enumerate(
        zip(faces, answers, face_maps(images, work.wish.method, work.arguments, names, maps), strict=True), 1
    ):
        stem = shortened(path.stem, f".face{number}", longest=LONGEST_NAME - 50)  # leaves the method's name its place
        png, arrays = write_face(found, work.out, stem, digest)
        box = [round(edge * framed.reduced, 1) for edge in framed.face.box]
        files = {"png": str(png), "npz": str(arrays)}
        confidence = None if answer.confidence is None else round(answer.confidence, 4)
        said = {"emotion": EMOTIONS[answer.label], "confidence": confidence}
        record["faces"].append(
            {"face": number, "box": box, "doubts": list(framed.doubts), **said, **files, "maps": found.record()}
        )
