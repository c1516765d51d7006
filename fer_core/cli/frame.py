"""`python -m fer_core frame`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.guard import use_threads


def frame(
    images: Annotated[int, typer.Option(min=2000, help="Training images to look at, spread evenly.")] = 3000,
    data: Annotated[Path | None, typer.Option(help="Data set: packed, or any public form of FER-2013.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to write to.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written.")] = False,
) -> None:
    """Measure where FER-2013 puts eyes, nose and mouth, and write it to the artifacts.

    Photos are set like that before networks see them.
    """
    import numpy as np

    from fer_core.artifacts import add_files, default_root, open_artifacts
    from fer_core.artifacts.frame import FRAME
    from fer_core.cli.terminal import image_bar
    from fer_core.dataset import find
    from fer_core.photo.measure import measure

    root = artifacts or default_root()
    found = open_artifacts(root)
    use_threads(threads)
    training = find(data, known=found.rows()).split("train").images
    picked = np.linspace(0, len(training) - 1, min(images, len(training))).astype(np.int64)
    with image_bar("Faces in Training", len(picked)) as advance:
        measured = measure(training[picked], advance=advance)
    text = measured.to_json()
    add_files(root, lambda present: {FRAME: text.encode()})
    if as_json:
        typer.echo(json.dumps(json.loads(text), indent=2))
        return
    for name, point, off in zip(json.loads(text)["landmarks"], measured.landmarks, measured.spread, strict=True):
        typer.echo(f"{name:>26}: {point[0]:5.1f} ± {off[0]:.1f}, {point[1]:5.1f} ± {off[1]:.1f} px")
    counts = ", ".join(f"{name} in {count:,}" for name, count in measured.found.items())
    typer.echo(f"One face was found by {counts} of {measured.images:,} images.  Written to {root / FRAME}.")
