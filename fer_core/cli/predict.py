"""`python -m fer_core predict`."""

import io
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_core.atomic import write_atomically
from fer_core.cli.answers import FAILED, UNREAD, Answers, form_of
from fer_core.cli.guard import use_threads
from fer_core.errors import FerError, PhotoError

if TYPE_CHECKING:
    from fer_core.artifacts import Artifacts
    from fer_core.ensemble import Setting
    from fer_core.photo.predict import Seen


def predict(
    photos: Annotated[list[str], typer.Argument(help="Photos, folders of photos, or patterns such as 'party/*.jpg'.")],
    detector: Annotated[
        str, typer.Option(help="Detector: 'mtcnn', 'haar', or 'whole' if each picture is a face.")
    ] = "mtcnn",
    small: Annotated[bool, typer.Option("--small", help="Find small faces too. Takes longer.")] = False,
    illumination: Annotated[str, typer.Option(help="Light: 'none', 'equalise' or 'clahe'.")] = "none",
    full: Annotated[bool, typer.Option("--full", help="Average over flips and crops of each face.")] = False,
    balanced: Annotated[
        bool,
        typer.Option("--balanced", help="Favour rare emotions: correct for their frequency in Training."),
    ] = False,
    members: Annotated[str | None, typer.Option(help="Members of the ensemble, with commas.")] = None,
    weighting: Annotated[str | None, typer.Option(help="Weights of the members, such as 'accuracy'.")] = None,
    combiner: Annotated[str | None, typer.Option(help="Combiner, such as 'hard_vote'.")] = None,
    annotate: Annotated[
        Path | None, typer.Option(help="Folder for copies of the photos with boxes and answers.")
    ] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to use.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    as_jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print JSON Lines: one of the ensemble, then one a photo.")
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a face.")] = False,
) -> None:
    """Find the faces in photos and say what they show: every member, and the ensemble.

    Without --members, --weighting or --combiner it is the ensemble that is best on PublicTest.  Answers are written as
    they come, and Ctrl-C keeps those.  What goes wrong with one photo does not stop the others; it is listed at the
    end.  Exit code 1 when a photo could not be read, 2 when a name leads to none or a copy could not be written.

    Read are JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP, GIF and PPM of up to 20 MB; docs/photos.md says how many pixels.
    """
    form = form_of(json=as_json, jsonl=as_jsonl, csv=as_csv)
    from fer_core.artifacts import open_artifacts
    from fer_core.cli.terminal import image_bar
    from fer_core.ensemble import COMBINERS
    from fer_core.photo.detect import DETECTORS
    from fer_core.photo.find_photos import find_photos
    from fer_core.photo.framing import ILLUMINATIONS
    from fer_core.photo.predict import Look, Predictor, photo_record, table

    for option, value, known in (
        ("--detector", detector, DETECTORS),
        ("--illumination", illumination, ILLUMINATIONS),
        ("--combiner", combiner or "hard_vote", COMBINERS),
    ):
        if value not in known:
            raise typer.BadParameter(f"expected one of {', '.join(known)}, got {value!r}", param_hint=option)
    use_threads(threads)
    found = open_artifacts(artifacts)
    named = find_photos(photos)
    copies = None if annotate is None else Copies(annotate, named.paths)
    setting = setting_of(found, members, weighting, combiner)
    predictor, look = Predictor(found), Look(detector, small, illumination, "full" if full else "one_view", balanced)
    header = predictor.header(setting, look)
    answers = Answers(form, header, len(named.paths), table)
    with image_bar("Photos", len(named.paths)) as advance, answers:
        answers.nowhere(named.problems)
        for seen in predictor.run(named.paths, setting, look):
            record, problem, code = photo_record(seen), seen.error, UNREAD
            if copies and seen.photo is not None:
                try:
                    record["copy"] = str(copies.write(seen))
                except FerError as error:
                    problem, code = str(error), FAILED
                    record["copy_error"] = problem
            answers.add(record, _lines(seen, small=small), problem=problem, code=code)
            advance(1)
    if form == "text":
        typer.echo(_footer(header))
    answers.finish()


def setting_of(found: "Artifacts", members: str | None, weighting: str | None, combiner: str | None) -> "Setting":
    """Return the ensemble that options ask for; without any, the one that is best on PublicTest."""
    from fer_core import recogniser

    names = None if members is None else [name.strip() for name in members.split(",")]
    try:
        return recogniser.setting_of(found, names, weighting, combiner)
    except ValueError as error:
        option, _, sentence = str(error).partition(": ")
        raise typer.BadParameter(sentence, param_hint=f"--{option}") from error


def nothing_found(path: Path, *, small: bool) -> str:
    """Say that a photo shows no face, and what may help."""
    tries = "--detector haar, or whole if the picture is one face" if small else "--small, --detector haar, or whole"
    return f"{path}: no face was found; if there is one, try {tries}."


def _lines(seen: "Seen", *, small: bool) -> list[str]:
    from fer_core.emotions import EMOTIONS

    if seen.photo is None:
        return []
    lines = [] if seen.faces else [nothing_found(seen.path, small=small)]
    for number, (framed, answer) in enumerate(seen.faces, 1):
        agree = int(answer.chosen.sum()) - answer.against
        which = f", face {number} of {len(seen.faces)}" if len(seen.faces) > 1 else ""
        doubts = f"  ({'; '.join(framed.doubts)})" if framed.doubts else ""
        # Agreement comes first: it tells more than the percentage of a photo that is unlike FER-2013.
        sure = "" if answer.confidence is None else f", {100 * answer.confidence:.0f}%"
        members = f"{agree} of {int(answer.chosen.sum())} members agree"
        lines.append(f"{seen.path}{which}: {EMOTIONS[answer.label]}, {members}{sure}{doubts}")
    return lines


def _footer(header: dict[str, Any]) -> str:
    from fer_core.terminology import MEASURED_ON

    view = "one view" if header["views"] == 1 else f"{header['views']} views"
    right = header["accuracy"]
    sure = (
        ""
        if header["temperature"] is None
        else ("  The percentage is how often so sure an answer was right on PublicTest. " + MEASURED_ON)
    )
    return (
        f"By {', '.join(header['members'])} ({header['weighting']}, {header['combiner']}), {view} a face: right on "
        f"{100 * right['test']:.1f}% of FER-2013's PrivateTest, {100 * right['valid']:.1f}% of PublicTest.{sure}"
        f"{_balanced(header['balance'])}"
    )


def _balanced(balance: dict[str, Any] | None) -> str:
    """Say what the correction of the prior does on PublicTest."""
    if balance is None:
        return ""
    recall, accuracy = ([f"{100 * value:.1f}%" for value in balance[name]] for name in ("macro_recall", "accuracy"))
    return (
        f"  The prior is corrected (power {balance['power']:g}): on PublicTest mean recall goes from {recall[0]} to "
        f"{recall[1]}, accuracy from {accuracy[0]} to {accuracy[1]}."
    )


class Copies:
    """A folder for copies of photos with boxes and answers.

    A copy replaces an earlier one of the same photo, and nothing else: photos of one name get numbers, and so do copies
    that go into the folder of the photos.  Raises PhotoError where the folder cannot be made.
    """

    def __init__(self, folder: Path, photos: Sequence[Path]) -> None:
        self.folder = folder
        self.taken = {os.path.realpath(path).casefold() for path in photos}  # some disks tell no capitals
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PhotoError(f"{folder} cannot be written: {error.strerror or error}.") from error

    def write(self, seen: "Seen") -> Path:
        """Write the annotated copy of a photo, whole or not at all, and return where; raises FerError."""
        from fer_core.photo.copies import annotated, digest_of, mark
        from fer_core.photo.predict import label

        assert seen.photo is not None
        digest = digest_of(seen.photo.rgb)
        target = self._free(seen.path.stem, digest)
        self.taken.add(os.path.realpath(target).casefold())
        texts = [label(i, framed, answer) for i, (framed, answer) in enumerate(seen.faces, 1)]
        content = io.BytesIO()
        picture = annotated(seen.photo.rgb, [framed.face for framed, _ in seen.faces], texts)
        picture.save(content, "PNG", pnginfo=mark(digest))
        write_atomically(target, content.getvalue())
        return target

    def _free(self, stem: str, digest: str) -> Path:
        """Return the first name that is free, or holds a copy of the same photo."""
        from fer_core.photo.copies import drawn_over, shortened

        for number in count(1):
            target = self.folder / shortened(stem, ".faces.png" if number == 1 else f".faces-{number}.png")
            if os.path.realpath(target).casefold() not in self.taken and (
                not os.path.lexists(target) or drawn_over(target) == digest
            ):
                return target
        raise AssertionError("unreachable")
