"""`python -m fer_core bench`."""

import json
from pathlib import Path
from typing import Annotated

import typer


def bench(
    repeat: Annotated[int, typer.Option(min=20, help="Recomputes to time, of each kind.")] = 200,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to time as well (default: those found).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time one full recompute of nine members x 3,589 images, side by side with scikit-learn."""
    from rich.console import Console
    from rich.table import Table

    from fer_core.artifacts import open_artifacts
    from fer_core.bench import IMAGES, MEMBERS
    from fer_core.bench import bench as measure
    from fer_core.errors import ArtifactMissing
    from fer_core.report import explorer_of

    try:
        real = explorer_of(open_artifacts(artifacts))
    except ArtifactMissing:
        if artifacts is not None:
            raise
        real = None
    found = measure(repeat=repeat, real=real)
    if as_json:
        typer.echo(json.dumps(found.to_json(), indent=2))
        return
    title = f"One recompute of {MEMBERS} members x {IMAGES:,} images: weights, combination, all metrics"
    table = Table("what", "median, ms", "95th percentile, ms", "peak memory, MiB", title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for timing in found.timings:
        table.add_row(timing.what, f"{timing.median_ms:.2f}", f"{timing.p95_ms:.2f}", f"{timing.peak_mib:.1f}")
    console = Console()
    console.print(table)
    console.print(f"{found.machine}, {found.cpus} CPUs, Python {found.python}, NumPy {found.numpy}", highlight=False)
    if found.peer is None:
        console.print("Install scikit-learn (requirements-dev.txt) to see it side by side.")
