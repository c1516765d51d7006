"""`python -m fer_core bench`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from fer_core.artifacts import Artifacts
    from fer_core.bench import Bench
    from fer_core.bench.faces import Faces
    from fer_core.bench.photos import Photos
    from fer_core.bench.training import TrainingBench

INSTALL = "Networks are not timed, for want of {package}: pip install -r requirements.txt"


def bench(
    repeat: Annotated[int, typer.Option(min=20, help="Recomputes to time, of each kind.")] = 200,
    training: Annotated[bool, typer.Option("--training", help="Time training too, some seconds a member.")] = False,
    photo: Annotated[bool, typer.Option("--photo", help="Time a photo with one face too, up to the answer.")] = False,
    peer: Annotated[
        bool, typer.Option("--peer", help="With --photo: install fer in a folder of its own and time it side by side.")
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
    from fer_core.errors import ArtifactMissing
    from fer_core.report import explorer_of

    try:
        real = open_artifacts(artifacts)
    except ArtifactMissing:
        if artifacts is not None:
            raise
        real = None
    console = Console(highlight=False, quiet=as_json)
    found = measure(repeat=repeat, real=None if real is None else explorer_of(real))
    _show_recompute(console, found)
    networks, missing = _networks(console, real, threads, training=training, photo=photo, peer=peer)
    if as_json:
        document: dict[str, Any] = {**found.to_json(), **networks, "missing": missing}
        typer.echo(json.dumps(document, indent=2))
    elif missing:
        console.print(INSTALL.format(package=missing))


def _networks(
    console: "Console", real: "Artifacts | None", threads: int | None, *, training: bool, photo: bool, peer: bool
) -> tuple[dict[str, Any], str | None]:
    """Time and show what needs torch; return it as JSON, and the package for want of which it could not be."""
    from rich.console import Console

    from fer_core.cli import OPTIONAL

    out: dict[str, Any] = {"faces": None, "training": None, "photos": None}
    try:
        import torch

        from fer_core.bench.faces import time_faces

        if threads:
            torch.set_num_threads(threads)
        faces = time_faces(real)
        out["faces"] = faces.to_json()
        _show_faces(console, faces)
        if training:
            from fer_core.bench.training import time_training

            timed = _watched(time_training)
            out["training"] = timed.to_json()
            _show_training(console, timed)
        if photo:
            from fer_core.bench.photos import time_photos
            from fer_core.errors import ArtifactMissing

            if real is None:
                raise ArtifactMissing("a photo is answered by trained members; name them with --artifacts.")
            with Console(stderr=True).status("") as status:
                photos = time_photos(real, peer=peer, say=status.update)
            out["photos"] = photos.to_json()
            _show_photos(console, photos)
    except ModuleNotFoundError as error:
        if (package := (error.name or "").split(".")[0]) not in OPTIONAL:
            raise
        return out, package
    return out, None


def _watched(time_training: Any) -> "TrainingBench":
    """Time training, naming on a terminal the member that is at it."""
    from rich.console import Console

    with Console(stderr=True).status("Training") as status:
        timed: TrainingBench = time_training(begun=lambda name: status.update(f"Training {name}"))
    return timed


def _print(console: "Console", title: str, first: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    """Print a table whose columns but the first hold numbers."""
    from rich.table import Table

    table = Table(first, *columns, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _show_recompute(console: "Console", found: "Bench") -> None:
    title = f"One recompute of {found.members} members x {found.images:,} images: weights, combination, all metrics"
    rows = [[t.what, f"{t.median_ms:.2f}", f"{t.p95_ms:.2f}", f"{t.peak_mib:.1f}"] for t in found.timings]
    _print(console, title, "what", ("median\nms", "95th percent-\nile, ms", "peak memory\nMiB"), rows)
    console.print(f"{found.machine}, {found.cpus} CPUs, Python {found.python}, NumPy {found.numpy}\n")
    if found.peer is None:
        console.print("Install scikit-learn (requirements-dev.txt) to see it side by side.")


def _show_faces(console: "Console", found: "Faces") -> None:
    title = f"One 48x48 face, one view, float32: {found.faces} times, and {found.loads} loads from disk"
    columns = ("weights\nM", "load\nms", "face\nms", "95th percent-\nile, ms", "loaded anew\nfor it, ms")
    rows = [
        [
            t.what + ("" if t.trained or t is found.total else " *"),
            f"{t.parameters / 1e6:.2f}",
            *(f"{value:.1f}" for value in (t.load_ms, t.median_ms, t.p95_ms, t.anew_ms)),
        ]
        for t in (*found.members, found.total)
    ]
    _print(console, title, "network", columns, rows)
    console.print(
        f"{found.device}, torch {found.torch}. Loading reads weights, compares their SHA-256 and builds the networks; "
        f"the first time took {found.first_load_ms:.0f} ms for all. Loaded anew, SHA-256 are left out."
    )
    if found.untrained:
        console.print("* Untrained, for timing alone: the artifacts hold no such member.")
    console.print()


def _show_training(console: "Console", found: "TrainingBench") -> None:
    title = f"Training, batches of {found.batch}, augmentation and optimiser included"
    columns = ("side\npx", "MMACs", "arithmetic", "steps", "images/s", "of the\nceiling, %")
    rows = [
        [
            t.member,
            str(t.side),
            f"{t.macs / 1e6:.0f}",
            t.precision,
            str(t.steps),
            f"{t.images_per_second:.0f}",
            f"{100 * t.share_of_ceiling:.1f}",
        ]
        for t in found.members
    ]
    _print(console, title, "member", columns, rows)
    console.print(
        f"{found.device}, torch {found.torch}. The ceiling, {found.ceiling / 1e9:,.0f} GFLOP/s, is what bfloat16 "
        "matrix products reach here; an image costs 3 x 2 x MACs."
    )


def _show_photos(console: "Console", found: "Photos") -> None:
    width, height = found.size
    title = f"One photo of {width}x{height} pixels with one face, from bytes to answer, {found.runs} times"
    rows = [[t.what, str(t.faces), f"{t.median_ms:.0f}", f"{t.p95_ms:.0f}"] for t in found.timings]
    _print(console, title, "what", ("faces\nfound", "median\nms", "95th percent-\nile, ms"), rows)
    ratio = f" {found.peer_error}" if found.peer_error else ""
    if found.peer_ratio is not None:
        ratio = f" fer takes {found.peer_ratio:.2f} times as long as ours with MTCNN."
    console.print(f"{found.device}, torch {found.torch}, {found.threads} threads.{ratio}")
