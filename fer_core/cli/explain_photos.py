"""`python -m fer_core explain PHOTO...`: maps of the faces in photos, written to a folder."""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import typer

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.cli.predict import setting_of
from fer_core.cli.progress import image_bar, say
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS
from fer_core.errors import BadPhoto, SaliencyError
from fer_core.faces.decode import decode
from fer_core.faces.detect import DETECTORS
from fer_core.faces.find_photos import find_photos
from fer_core.faces.framed import framed_faces
from fer_core.predict import read
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


def explain_photos(root: Path, photos: list[str], out: Path, wish: Wish, *, as_json: bool) -> None:
    """Write maps of every face in photos to a folder and say what they explain; exit code 1 if a photo is no photo."""
    _check(wish)
    target, arguments = _target(wish), _arguments(wish)
    artifacts = open_artifacts(root)
    paths = find_photos(photos)
    setting = setting_of(artifacts, wish.members, wish.weighting, wish.combiner)
    explainer = Explainer(artifacts)
    reasons = {subject: subject.why_not(wish.method) for subject in subjects_of(explainer, setting)}
    left_out = {subject.name: reason for subject, reason in reasons.items() if reason}
    served = [subject for subject, reason in reasons.items() if not reason]
    if not served:
        raise SaliencyError(next(iter(left_out.values())))
    for reason in left_out.values():
        say(f"fer_core: {reason}  It is left out.", error=True)
    work = _Work(artifacts, explainer, served, wish, target, arguments, out)
    with image_bar("Maps", len(paths) * len(served)) as advance:
        records = [_record(work, path, advance, quiet=as_json) for path in paths]
    if as_json:
        entry = ATTRIBUTIONS[wish.method]
        used = {name: getattr(resolved(entry, arguments), name) for name in entry.uses}
        header: dict[str, Any] = {
            "members": list(setting.members),
            "weighting": setting.weighting,
            "combiner": setting.combiner,
        }
        header |= {"detector": wish.detector, "method": wish.method, "arguments": used, "left_out": left_out}
        typer.echo(json.dumps({**header, "photos": records}, indent=2))
    if any("error" in record for record in records):
        raise typer.Exit(1)


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
    subjects: Sequence[Subject]
    wish: Wish
    target: Target
    arguments: Arguments
    out: Path


def _record(work: _Work, path: Path, advance: Callable[[int], None], *, quiet: bool) -> dict[str, Any]:
    """Explain one photo, say so, and return it as plain values."""
    try:
        record = _explained(work, path, advance)
    except BadPhoto as error:
        say(f"fer_core: {error}", error=True)
        advance(len(work.subjects))
        return {"photo": str(path), "error": str(error), "faces": []}
    if not quiet:
        if not record["faces"]:
            say(f"{path}: no face was found; if it is one, try --detector haar, or whole.")
        for face in record["faces"]:
            which = f", face {face['face']} of {len(record['faces'])}" if len(record["faces"]) > 1 else ""
            first = face["maps"][0]
            say(f"{path}{which}: {first['name']} {first['class']} {100 * first['probability']:.0f}%: {face['png']}")
    return record


def _explained(work: _Work, path: Path, advance: Callable[[int], None]) -> dict[str, Any]:
    content = read(path)
    photo = decode(content, name=str(path))
    faces = framed_faces(photo, work.artifacts.frame(), detector=work.wish.detector)
    record: dict[str, Any] = {"photo": str(path), "size": list(photo.size), "faces": []}
    if not faces:
        advance(len(work.subjects))
        return record
    images, maps = np.stack([face.image for face in faces]), []
    for subject in work.subjects:
        maps.append(
            work.explainer.explain(subject, images, work.wish.method, target=work.target, arguments=work.arguments)
        )
        advance(1)
    names = [subject.name for subject in work.subjects]
    digest = hashlib.sha256(content).hexdigest()
    for number, (framed, found) in enumerate(
        zip(faces, face_maps(images, work.wish.method, work.arguments, names, maps), strict=True), 1
    ):
        png, arrays = write_face(found, work.out, f"{path.stem}.face{number}", digest)
        box = [round(edge * framed.reduced, 1) for edge in framed.face.box]
        files = {"png": str(png), "npz": str(arrays)}
        record["faces"].append(
            {"face": number, "box": box, "doubts": list(framed.doubts), **files, "maps": found.record()}
        )
    return record
