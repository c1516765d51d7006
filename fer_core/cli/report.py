"""`python -m fer_core report`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

PROJECT = Path(__file__).resolve().parents[2]
WIDE = 110
"""Columns of a terminal that has room for every score; what is no terminal is given as much."""


def report(
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to report on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/results.md.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Rewrite docs/results.md and the README's table.")] = False,
) -> None:
    """Report members and ensembles with intervals, paired tests and calibration, from the artifacts alone."""
    if as_json + markdown + update > 1:
        raise typer.BadParameter("--json, --markdown and --update exclude one another.")
    from fer_core.artifacts import open_artifacts
    from fer_core.markdown import results
    from fer_core.markdown import update as rewrite
    from fer_core.report import report as figures

    found = figures(open_artifacts(artifacts))
    if update:
        changed = [path.relative_to(PROJECT).as_posix() for path in rewrite(PROJECT, found)]
        typer.echo(f"Rewrote {' and '.join(changed)}." if changed else "README.md and docs/results.md are up to date.")
    elif markdown:
        typer.echo(results(found), nl=False)
    elif as_json:
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console

    from fer_core.markdown import chosen_sentence

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=max(console.width, WIDE))
    console.print(_members(found), "")
    console.print(_ensembles(found, every_score=console.width >= WIDE), "")
    console.print(chosen_sentence(found).replace("**", ""), markup=False)
    console.print("\nScorings of PrivateTest:")
    for scoring in found["scorings"]:
        line = f"  {scoring['date']}  {scoring['commit'][:12]}  {', '.join(scoring['members'])}"
        console.print(line, markup=False, soft_wrap=True)


def _table(title: str, first: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    made.padding = (0, 1, 0, 0)
    made.add_column(first, overflow="fold")
    for column in columns:
        made.add_column(column, justify="right", no_wrap=True)
    return made


def _span(bounds: list[float]) -> str:
    return f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f}"


def _members(found: dict[str, Any]) -> "Table":
    from fer_core.markdown import percent

    headers = ("Public\n1 view", "Public\nfull", "Private\n1 view", "Private\nfull", "95%\ninterval", "no\ntwins")
    members = _table("Members: accuracy, %", "member", *headers, "params\nM", "MACs\nM")
    for m in found["members"]:
        members.add_row(
            m["name"],
            *(percent(m[split][kind]) for split in ("valid", "test") for kind in ("one_view", "full")),
            _span(m["interval"]),
            percent(m["without_twins"]["accuracy"]),
            f"{m['parameters'] / 1e6:.2f}",
            f"{m['macs'] / 1e6:.0f}",
            style="bold" if m["name"] == found["best_member"] else None,
        )
    return members


def _ensembles(found: dict[str, Any], *, every_score: bool) -> "Table":
    from fer_core.ensemble import COMBINERS, WEIGHTINGS, in_text
    from fer_core.markdown import nats, p_value, percent

    headers = ["Public", "out of\nfold", "Private", "95%\ninterval", "gain", "McNemar\np", "no\ntwins"]
    headers += ["macro\nF1", "NLL", "Brier", "ECE"] if every_score else []
    title = f"All members together: accuracy, %; gain over {found['best_member']}, best on PublicTest"
    ensembles, group = _table(title, "weighting,\n combiner", *headers), ""
    for e in (*found["ensembles"], found["chosen"]):
        chosen = e is found["chosen"]
        rule, weighting = COMBINERS[e["combiner"]], WEIGHTINGS[e["weighting"]].title
        heading = f"Chosen: {in_text(weighting)}" if chosen else weighting if rule.weighs else "No weights"
        if heading != group:
            ensembles.add_section()
            ensembles.add_row(heading)
            group = heading
        more = (percent(e["macro_f1"]), nats(e["nll"]), nats(e["brier"]), percent(e["ece"])) if every_score else ()
        ensembles.add_row(
            f" {in_text(rule.title.removeprefix('Mean '))}",
            percent(e["valid_accuracy"]),
            percent(e["valid_out_of_fold"]),
            percent(e["accuracy"], 2),
            _span(e["interval"]),
            f"{100 * e['gain']:+.2f}",
            p_value(e["mcnemar"]["p"]),
            percent(e["without_twins"]["accuracy"]),
            *more,
            style="bold" if chosen else None,
        )
    return ensembles
