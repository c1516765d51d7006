"""`python -m fer_core bench`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer


def bench(
    repeat: Annotated[int, typer.Option(min=20, help="Recomputes to time, of each kind.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Time one full recompute of nine members x 3,589 images, side by side with scikit-learn."""
    from rich.console import Console
    from rich.table import Table

    from fer_core.bench import IMAGES, MEMBERS
    from fer_core.bench import bench as measure

    timings = measure(repeat=repeat)
    if as_json:
        typer.echo(json.dumps([asdict(timing) for timing in timings], indent=2))
        return
    title = f"One recompute of {MEMBERS} members x {IMAGES:,} images: weights, combination, all metrics"
    table = Table("what", "median, ms", "95th percentile, ms", "peak memory, MiB", title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for timing in timings:
        table.add_row(timing.what, f"{timing.median_ms:.2f}", f"{timing.p95_ms:.2f}", f"{timing.peak_mib:.1f}")
    Console().print(table)
    if not any("scikit-learn" in timing.what for timing in timings):
        Console().print("Install scikit-learn (requirements-dev.txt) to see it side by side.")
