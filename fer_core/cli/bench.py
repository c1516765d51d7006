"""`python -m fer_core bench`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_core.cli.guard import use_threads

if TYPE_CHECKING:
    from rich.console import Console

    from fer_core.artifacts import Artifacts
    from fer_core.bench.training import TrainingBench

INSTALL = "Timing networks needs {package}: pip install -r requirements.txt"


def bench(
    repeat: Annotated[int, typer.Option(min=20, help="Recomputes of each kind to time.")] = 200,
    training: Annotated[bool, typer.Option("--training", help="Time training too, some seconds a member.")] = False,
    photo: Annotated[bool, typer.Option("--photo", help="Time a photo with one face too, up to its answer.")] = False,
    peer: Annotated[
        bool, typer.Option("--peer", help="With --photo: install fer in a folder of its own and time it side by side.")
    ] = False,
    saliency: Annotated[
        bool, typer.Option("--saliency", help="Time maps too, side by side with Captum on a deep copy.")
    ] = False,
    laboratory: Annotated[
        bool, typer.Option("--laboratory", help="Time every subset, Shapley values and 1,000 members, too.")
    ] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads that networks use.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to time as well (default: those found).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time a recompute of nine members x 3,589 images, side by side with scikit-learn, and nine networks on one face.

    Networks are loaded from disk once and shared, side by side with loading them anew for each face.
    """
    if peer and not photo:
        raise typer.BadParameter("--peer goes with --photo.")
    from rich.console import Console

    from fer_core.artifacts import open_artifacts
    from fer_core.bench import bench as measure
    from fer_core.cli.bench_tables import show_recompute
    from fer_core.errors import ArtifactMissing
    from fer_core.reports.summary import explorer_of

    try:
        real = open_artifacts(artifacts)
    except ArtifactMissing:
        if artifacts is not None:
            raise
        real = None
    console = Console(highlight=False, quiet=as_json)
    found = measure(repeat=repeat, real=None if real is None else explorer_of(real))
    show_recompute(console, found)
    subsets = _laboratory(console) if laboratory else None
    networks, missing = _networks(console, real, threads, training=training, photo=photo, peer=peer, saliency=saliency)
    if as_json:
        document: dict[str, Any] = {**found.to_json(), "laboratory": subsets, **networks, "missing": missing}
        typer.echo(json.dumps(document, indent=2))
    elif missing:
        console.print(INSTALL.format(package=missing))


def _laboratory(console: "Console") -> dict[str, Any]:
    """Time and show what the laboratory does; return it as JSON."""
    from rich.console import Console

    from fer_core.bench.laboratory import time_laboratory
    from fer_core.cli.bench_tables import show_laboratory

    with Console(stderr=True).status("") as status:
        found = time_laboratory(say=status.update)
    show_laboratory(console, found)
    return found.to_json()


def _networks(
    console: "Console",
    real: "Artifacts | None",
    threads: int | None,
    *,
    training: bool,
    photo: bool,
    peer: bool,
    saliency: bool,
) -> tuple[dict[str, Any], str | None]:
    """Time and show what needs torch; return it as JSON, and the package for want of which it could not be."""
    from rich.console import Console

    from fer_core.cli import OPTIONAL
    from fer_core.cli.bench_tables import show_faces, show_maps, show_photos, show_training

    out: dict[str, Any] = {"faces": None, "training": None, "photos": None, "saliency": None}
    try:
        from fer_core.bench.faces import time_faces

        use_threads(threads)
        faces = time_faces(real)
        out["faces"] = faces.to_json()
        show_faces(console, faces)
        if training:
            from fer_core.bench.training import time_training

            timed = _watched(time_training)
            out["training"] = timed.to_json()
            show_training(console, timed)
        if photo:
            from fer_core.bench.photos import time_photos

            with Console(stderr=True).status("") as status:
                photos = time_photos(_trained(real, "a photo is answered by"), peer=peer, say=status.update)
            out["photos"] = photos.to_json()
            show_photos(console, photos)
        if saliency:
            from fer_core.bench.saliency import time_maps

            with Console(stderr=True).status("") as status:
                maps = time_maps(_trained(real, "maps are made of"), say=status.update)
            out["saliency"] = maps.to_json()
            show_maps(console, maps)
    except ModuleNotFoundError as error:
        if (package := (error.name or "").split(".")[0]) not in OPTIONAL:
            raise
        return out, package
    return out, None


def _trained(real: "Artifacts | None", what: str) -> "Artifacts":
    from fer_core.errors import ArtifactMissing

    if real is None:
        raise ArtifactMissing(f"{what} trained members; name them with --artifacts.")
    return real


def _watched(time_training: Any) -> "TrainingBench":
    """Time training, naming on a terminal the member that is at it."""
    from rich.console import Console

    with Console(stderr=True).status("Training") as status:
        timed: TrainingBench = time_training(begun=lambda name: status.update(f"Training {name}"))
    return timed
