"""`python -m fer_core collect`."""

from pathlib import Path
from typing import Annotated

import typer


def collect(
    runs: Annotated[Path, typer.Argument(help="Folder of finished runs, or one finished run.")] = Path("runs"),
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to add them to.")] = None,
    seeds: Annotated[
        bool, typer.Option("--seeds", help="Collect runs that differ only in their seed, outside the roster.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data set. Needed only the first time.")] = None,
) -> None:
    """Take finished runs into the artifacts: check, merge, score PrivateTest and log it; all or nothing."""
    from fer_core.artifacts import default_root
    from fer_core.collect import collect as take
    from fer_core.collect import collect_seeds
    from fer_core.dataset import find

    root = artifacts or default_root()
    for run in collect_seeds(runs, root) if seeds else take(runs, root, lambda: find(data)):
        valid, test = run.card.accuracy("valid"), run.card.accuracy("test")
        typer.echo(f"{run.card.name}: PublicTest {100 * (valid or 0):.2f}%, PrivateTest {100 * (test or 0):.2f}%")
    typer.echo(f"Collected into {root}; refresh the figures with: python -m fer_core report --update")
