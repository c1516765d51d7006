"""`python -m fer_core report --extra FILE`: members of a user's own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from fer_core.artifacts import Artifacts
    from fer_core.user_predictions import Extra

SHOWN = 20
"""Most members in the table; --json has all."""


def report_extra(artifacts: Path | None, files: Sequence[Path], *, as_json: bool) -> None:
    """Report members of a user's own beside those of the artifacts, or alone."""
    from fer_core.artifacts import open_artifacts
    from fer_core.cli.terminal import console
    from fer_core.reports.user_predictions import report_extra as figures

    opened = open_artifacts(artifacts)
    with console.status("Reading") as status:
        extras = read_all(opened, files)
        found = figures(opened, extras, tell=status.update)
    if as_json:
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        _show(found)


def read_all(artifacts: "Artifacts", files: Sequence[Path]) -> "list[Extra]":
    """Read files of predictions, each beside those before it, or one alone."""
    from fer_core.errors import BadExtra
    from fer_core.reports.summary import ours_of
    from fer_core.user_predictions import read_extra_file

    extras: list[Extra] = []
    for path in files:
        extras.append(read_extra_file(path, ours_of(artifacts, extras)))
        if len(files) > 1 and not extras[-1].joins:
            raise BadExtra(f"{path.name} has rows of its own, so it stands alone. Report on it alone.")
    return extras


def _show(found: dict[str, Any]) -> None:
    from fer_core.cli.report import WIDE, ensembles_table, members_table, wide_console
    from fer_core.format import exploratory

    console = wide_console()
    for file in found["files"]:
        console.print(f"{file['file']}: {len(file['members']):,} of your own members.", *file["remarks"], markup=False)
    shown = sorted(found["members"], key=lambda m: -m["valid"]["full"])[:SHOWN]
    some = found | {"members": found["members"] if len(found["members"]) <= SHOWN else shown}
    console.print("", members_table(some))
    if len(found["members"]) > SHOWN:
        valid = found["splits"]["valid"]
        console.print(
            f"The {SHOWN} best on {valid} of {len(found['members']):,} members; --json has all.", markup=False
        )
    console.print("", ensembles_table(found, every_score=console.width >= WIDE), "")
    if left_out := found.get("left_out"):
        console.print(f"Left out, since it would take minutes: {', '.join(left_out)}.", "", markup=False)
    console.print(exploratory(found["splits"]["valid"]), "", markup=False)
    console.print(_sentence(found), markup=False)


def _sentence(found: dict[str, Any]) -> str:
    from fer_core.format import interval, p_value, percent, scheme

    chosen, test = found["chosen"], found["chosen"]["mcnemar"]
    names = chosen["members"]
    listed = ", ".join(names) if len(names) <= SHOWN else f"all {len(names):,} members"
    valid, test_name = found["splits"]["valid"], found["splits"]["test"]
    return (
        f"Chosen on {valid}: {listed} ({scheme(chosen)}). {test_name} accuracy {percent(chosen['accuracy'], 2)}% "
        f"of {chosen['images']:,} rows (95% interval {interval(chosen['interval'])}), "
        f"{100 * chosen['gain']:+.2f} points over {test['against']}, the best member: where just one of the two is "
        f"right, the ensemble is on {test['only_ensemble']:,} and the member on {test['only_member']:,} "
        f"(exact McNemar p {p_value(test['p'])})."
    )


def write_template(artifacts: Path | None, path: Path) -> None:
    """Write an example of a file of predictions, whole or not at all."""
    from fer_core.artifacts import open_artifacts
    from fer_core.atomic import write_atomically
    from fer_core.cli.terminal import refuse_target
    from fer_core.reports.summary import ours_of
    from fer_core.user_predictions import template_csv, template_npz

    if path.suffix not in (".csv", ".npz"):
        raise typer.BadParameter(f"--template writes .csv or .npz, got {path.name!r}.")
    refuse_target(path, "members.csv")
    ours = ours_of(open_artifacts(artifacts))
    write_atomically(path, template_npz(ours) if path.suffix == ".npz" else template_csv(ours).encode())
    typer.echo(f"Wrote {path}: one made-up member, which gives every class the same probability.")
