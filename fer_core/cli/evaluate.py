"""`python -m fer_core evaluate`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.guard import use_threads


def evaluate(
    members: Annotated[list[str] | None, typer.Argument(help="Members to check; all by default.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data set: packed, or any public form of FER-2013.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to check.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Images of each split, instead of all.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compute logits again from weights and images, and compare them with the cache.

    Exit code 1 when a logit is more than 1e-3 off.
    """
    from fer_core.artifacts import open_artifacts
    from fer_core.cli.terminal import image_bar
    from fer_core.dataset import find
    from fer_core.emotions import USAGES
    from fer_core.evaluate import evaluate as check

    found = open_artifacts(artifacts)
    names = members or list(found.manifest.members)
    unknown = [name for name in names if name not in found.manifest.members]
    if unknown:
        there = ", ".join(found.manifest.members)
        raise typer.BadParameter(f"no member is called {unknown[0]!r}; there are {there}", param_hint="MEMBER")
    use_threads(threads)
    dataset = find(data, known=found.rows())
    results = []
    for name in names:
        for split in ("valid", "test"):
            n = min(limit or 10**9, len(dataset.split(split).rows))
            with image_bar(f"{name}, {USAGES[split]}", n) as advance:
                results.append(check(found, dataset, name, split, limit=limit, advance=advance))
            last = results[-1]
            if as_json:
                continue
            compared = (
                "another copy of the data, so only the accuracy is compared"
                if last.difference is None
                else f"largest difference {last.difference:.1e}" + ("" if last.agrees else ", more than 1e-3")
            )
            left = f", {last.unmatched} rows without an image" if last.unmatched else ""
            typer.echo(
                f"{name}, {USAGES[split]}: {100 * last.accuracy:.2f}% of {last.images:,} images "
                f"(cached {100 * last.cached_accuracy:.2f}%), {compared}{left}"
            )
    agree = all(result.agrees for result in results)
    if as_json:
        typer.echo(json.dumps({"agrees": agree, "results": [asdict(result) for result in results]}, indent=2))
    if not agree:
        raise typer.Exit(1)
