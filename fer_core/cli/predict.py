"""`python -m fer_core predict`."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fer_core.artifacts import Artifacts
    from fer_core.ensemble import Setting
    from fer_core.predict import Seen


def predict(
    photos: Annotated[list[str], typer.Argument(help="Photos, folders of photos, or patterns such as 'party/*.jpg'.")],
    detector: Annotated[str, typer.Option(help="'mtcnn', 'haar', or 'whole' where each picture is a face.")] = "mtcnn",
    small: Annotated[bool, typer.Option("--small", help="Look for small faces too, which takes longer.")] = False,
    illumination: Annotated[str, typer.Option(help="'none', 'equalise' or 'clahe': even out the light.")] = "none",
    full: Annotated[bool, typer.Option("--full", help="Look at flips and crops of each face, too.")] = False,
    members: Annotated[str | None, typer.Option(help="Members of the ensemble, with commas.")] = None,
    weighting: Annotated[str | None, typer.Option(help="How members are weighed, such as 'accuracy'.")] = None,
    combiner: Annotated[str | None, typer.Option(help="How they are combined, such as 'hard_vote'.")] = None,
    annotate: Annotated[
        Path | None, typer.Option(help="Folder for copies of the photos with boxes and answers.")
    ] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to use.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one row a face.")] = False,
) -> None:
    """Find the faces in photos and say what they show: every member, and the ensemble.

    Without --members, --weighting or --combiner it is the ensemble that is best on PublicTest.  Exit code 1 when a
    photo could not be read; the others are answered.
    """
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude one another.")
    import cv2
    import torch

    from fer_core.artifacts import open_artifacts
    from fer_core.cli.progress import image_bar
    from fer_core.ensemble import COMBINERS
    from fer_core.faces.detect import DETECTORS
    from fer_core.faces.find_photos import find_photos
    from fer_core.faces.illumination import ILLUMINATIONS
    from fer_core.predict import Look, Predictor, photo_record, table

    for option, value, known in (
        ("--detector", detector, DETECTORS),
        ("--illumination", illumination, ILLUMINATIONS),
        ("--combiner", combiner or "hard_vote", COMBINERS),
    ):
        if value not in known:
            raise typer.BadParameter(f"expected one of {', '.join(known)}, got {value!r}", param_hint=option)
    if threads:
        torch.set_num_threads(threads)
        cv2.setNumThreads(threads)
    found = open_artifacts(artifacts)
    paths = find_photos(photos)
    setting = setting_of(found, members, weighting, combiner)
    predictor, look = Predictor(found), Look(detector, small, illumination, "full" if full else "one_view")
    records: list[dict[str, Any]] = []
    taken = {os.path.realpath(path).casefold() for path in paths}
    with image_bar("Photos", len(paths)) as advance:
        for seen in predictor.run(paths, setting, look):
            records.append(photo_record(seen))
            if annotate is not None and seen.photo is not None:
                _write(annotate, seen, taken)
            if not (as_json or as_csv):
                _tell(seen)
            advance(1)
    failed = sum("error" in record for record in records)
    if as_json:
        typer.echo(json.dumps({**predictor.header(setting, look), "photos": records}, indent=2))
    elif as_csv:
        typer.echo(table(records), nl=False)
    else:
        typer.echo(_footer(predictor.header(setting, look)))
    if failed:
        if as_json or as_csv:
            for record in records:
                if "error" in record:
                    typer.echo(f"fer_core: {record['error']}", err=True)
        raise typer.Exit(1)


def setting_of(found: "Artifacts", members: str | None, weighting: str | None, combiner: str | None) -> "Setting":
    """Return the ensemble that options ask for; without any, the one that is best on PublicTest."""
    from fer_core.ensemble import WEIGHTINGS, Setting, choose
    from fer_core.report import explorer_of

    if members is None and weighting is None and combiner is None:
        best = choose(explorer_of(found)).setting
        return Setting(best.members, best.weighting, best.combiner)
    there = found.manifest.members
    names = there if members is None else tuple(dict.fromkeys(name.strip() for name in members.split(",")))
    for name in names:
        if name not in there:
            raise typer.BadParameter(
                f"no member is called {name!r}; there are {', '.join(there)}", param_hint="--members"
            )
    fitted = [name for name, known in WEIGHTINGS.items() if known.fit is not None]
    if weighting is not None and weighting not in fitted:
        raise typer.BadParameter(f"expected one of {', '.join(fitted)}, got {weighting!r}", param_hint="--weighting")
    return Setting(names, weighting or "equal", combiner or "mean_probability")


def _tell(seen: "Seen") -> None:
    from fer_core.cli.progress import say
    from fer_core.predict import likely

    if seen.photo is None:
        say(f"fer_core: {seen.error}", error=True)
        return
    if not seen.faces:
        say(f"{seen.path}: no face was found; if it is one, try --detector haar, or whole.")
    for number, (framed, answer) in enumerate(seen.faces, 1):
        agree = int(answer.chosen.sum()) - answer.against
        which = f", face {number} of {len(seen.faces)}" if len(seen.faces) > 1 else ""
        doubts = f"  ({'; '.join(framed.doubts)})" if framed.doubts else ""
        say(f"{seen.path}{which}: {likely(answer)}, {agree} of {int(answer.chosen.sum())} members agree{doubts}")


def _footer(header: dict[str, Any]) -> str:
    view = "one view" if header["views"] == 1 else f"{header['views']} views"
    right = header["accuracy"]
    sure = (
        ""
        if header["temperature"] is None
        else ("  A percent beside an emotion is how often so sure an answer was right on PublicTest.")
    )
    return (
        f"By {', '.join(header['members'])} ({header['weighting']}, {header['combiner']}), {view} a face: right on "
        f"{100 * right['test']:.1f}% of FER-2013's PrivateTest, {100 * right['valid']:.1f}% of PublicTest.{sure}"
    )


def _write(folder: Path, seen: "Seen", taken: set[str]) -> None:
    """Write the annotated copy; photos of one name from several folders get numbers.

    taken : what must not be overwritten, all photos and all copies so far; some disks tell no capitals from small ones
    """
    from fer_core.errors import PhotoError
    from fer_core.faces.draw import annotated
    from fer_core.predict import likely

    assert seen.photo is not None
    stem, number = f"{seen.path.stem}.faces", 1
    target = folder / f"{stem}.png"
    while os.path.realpath(target).casefold() in taken:
        number += 1
        target = folder / f"{stem}-{number}.png"
    taken.add(os.path.realpath(target).casefold())
    texts = [f"{i} {likely(answer)}" for i, (_, answer) in enumerate(seen.faces, 1)]
    picture = annotated(seen.photo.rgb, [framed.face for framed, _ in seen.faces], texts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(target)
    except OSError as error:
        raise PhotoError(f"{target} cannot be written: {error.strerror or error}.") from error
