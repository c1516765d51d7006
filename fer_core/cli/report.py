"""`python -m fer_core report`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fer_core.artifacts import Artifacts


def report(
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to report on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/results.md.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Rewrite docs/results.md and the README's table.")] = False,
) -> None:
    """Report members and ensembles with intervals, paired tests and calibration, from the artifacts alone."""
    from fer_core.artifacts import open_artifacts
    from fer_core.markdown import results
    from fer_core.report import report as figures

    found = open_artifacts(artifacts)
    if update:
        _update(found)
    elif markdown:
        typer.echo(results(found), nl=False)
    elif as_json:
        typer.echo(json.dumps(figures(found), indent=2))
    else:
        _show(figures(found))


def _update(found: "Artifacts") -> None:
    from fer_core.markdown import results, with_summary
    from fer_core.report import report as figures

    root = Path(__file__).resolve().parents[2]
    readme = root / "README.md"
    text = with_summary(readme.read_text(encoding="utf-8"), figures(found))
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs" / "results.md").write_text(results(found), encoding="utf-8", newline="\n")
    readme.write_text(text, encoding="utf-8", newline="\n")
    typer.echo("Rewrote docs/results.md and the table of README.md.")


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from fer_core.markdown import chosen_sentence, interval, p_value, percent, scheme

    console = Console()
    members = Table("member", "PublicTest", "PrivateTest", "95% interval", "without twins", "parameters")
    for m in found["members"]:
        numbers = (percent(m["valid"]["full"]), percent(m["test"]["full"]), interval(m["interval"]))
        members.add_row(m["name"], *numbers, percent(m["without_twins"]["accuracy"]), f"{m['parameters']:,}")
    console.print(members)
    ensembles = Table("all members", "PublicTest", "PrivateTest", "95% interval", "gain", "McNemar p", "without twins")
    for e in found["ensembles"]:
        numbers = (percent(e["valid_accuracy"]), percent(e["accuracy"], 2), interval(e["interval"]))
        gain = (f"{100 * e['gain']:+.2f}", p_value(e["mcnemar"]["p"]))
        ensembles.add_row(scheme(e), *numbers, *gain, percent(e["without_twins"]["accuracy"]))
    console.print(ensembles)
    console.print(chosen_sentence(found).replace("**", ""), highlight=False)
