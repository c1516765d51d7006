"""`python -m fer_core doctor`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

SIGNS = {"ok": "✓", "missing": "–", "wrong": "✗"}


def doctor(
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to check.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data set to check.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check install, machine, artifacts and data set, and say what to do; exit code 1 where something is wrong."""
    from fer_core.cli.terminal import console, say
    from fer_core.doctor import WRONG, examine, healthy

    found, area = [], ""
    with console.status("Checking"):
        for one in examine(artifacts=artifacts, data=data):
            found.append(one)
            if as_json:
                continue
            if one.area != area:
                area = one.area
                say(f"{area[0].upper()}{area[1:]}")
            say(f"  {SIGNS[one.state]} {one.name}: {one.words}")
            if one.remedy:
                say(f"    {one.remedy}")
    if as_json:
        typer.echo(json.dumps({"healthy": healthy(found), "findings": [asdict(one) for one in found]}, indent=2))
    else:
        wrong = sum(one.state == WRONG for one in found)
        say("Nothing is wrong." if not wrong else f"{wrong} thing{'s are' if wrong > 1 else ' is'} wrong.")
    if not healthy(found):
        raise typer.Exit(1)
