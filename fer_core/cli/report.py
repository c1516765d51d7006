"""`python -m fer_core report`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fer_core.cli.report_html import NOTHING, Asked, report_html

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

OF_HTML = "Options of --html"
PROJECT = Path(__file__).resolve().parents[2]
WIDE = 110
"""Columns of a terminal that has room for every score; what is no terminal is given as much."""


def report(
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to report on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/results.md.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Rewrite the figures in docs/ and README.md.")] = False,
    extra: Annotated[
        list[Path] | None,
        typer.Option(
            help="NPZ or CSV of logits or probabilities of your own members, beside the others or alone. Any number of "
            "files of any size. `--template FILE` writes one to fill in."
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write one HTML file with figures, tables, configuration and provenance that opens without a network. "
            "It describes the chosen ensemble, or what the options below choose."
        ),
    ] = None,
    members: Annotated[str | None, typer.Option(help="Members, with commas.", rich_help_panel=OF_HTML)] = None,
    weighting: Annotated[
        str | None, typer.Option(help="Weights of the members, such as 'accuracy'.", rich_help_panel=OF_HTML)
    ] = None,
    combiner: Annotated[
        str | None, typer.Option(help="Combiner, such as 'hard_vote'.", rich_help_panel=OF_HTML)
    ] = None,
    manual: Annotated[
        str | None,
        typer.Option(help="A weight from 0 to 2 for each of these members, with commas.", rich_help_panel=OF_HTML),
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="Score 'test', PrivateTest, or 'valid', PublicTest.", rich_help_panel=OF_HTML)
    ] = None,
    without_twins: Annotated[
        bool,
        typer.Option("--without-twins", help="Leave out images that are in Training too.", rich_help_panel=OF_HTML),
    ] = False,
    link: Annotated[
        str | None,
        typer.Option(
            help="A link copied from the explorer, instead of these options. What it pins is A.",
            rich_help_panel=OF_HTML,
        ),
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write an example of such a file, .npz or .csv, and do nothing else.")
    ] = None,
) -> None:
    """Report members and ensembles with intervals, paired tests and calibration, from the artifacts alone."""
    if as_json + markdown + update > 1:
        raise typer.BadParameter("--json, --markdown and --update exclude one another.")
    if extra and (markdown or update):
        raise typer.BadParameter("--markdown and --update describe the artifacts alone, without --extra.")
    asked = Asked(members, weighting, combiner, manual, on, without_twins, link)
    if html is None and asked != NOTHING:
        raise typer.BadParameter(f"{asked.first} goes with --html; name a file with --html.")
    if html is not None:
        if as_json + markdown + update or template:
            raise typer.BadParameter("--html excludes --json, --markdown, --update and --template.")
        report_html(artifacts, extra or [], html, asked)
        return
    if extra or template:
        from fer_core.cli.report_extra import report_extra, write_template

        if template:
            write_template(artifacts, template)
        else:
            report_extra(artifacts, extra or [], as_json=as_json)
        return
    from fer_core.artifacts import open_artifacts
    from fer_core.cli.terminal import image_bar
    from fer_core.ensemble import schemes
    from fer_core.reports.markdown import results
    from fer_core.reports.markdown import update as rewrite
    from fer_core.reports.stored import store, stored
    from fer_core.reports.summary import report as figures

    opened = open_artifacts(artifacts)
    if (found := stored(opened)) is None:
        with image_bar("Schemes", len(schemes())) as advance:
            found = figures(opened, advance)
    if update:
        from fer_core.reports.markdown.document import parts

        store(opened, found)
        changed = [path.relative_to(PROJECT).as_posix() for path in rewrite(PROJECT, found, parts(opened))]
        typer.echo(f"Rewrote {', '.join(changed)}." if changed else "README.md and docs/ are up to date.")
    elif markdown:
        typer.echo(results(found), nl=False)
    elif as_json:
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from fer_core.format import exploratory
    from fer_core.reports.markdown import story

    console = wide_console()
    console.print(members_table(found), "")
    console.print(ensembles_table(found, every_score=console.width >= WIDE), "")
    console.print(exploratory(), "", markup=False)
    console.print(story(found).replace("**", ""), markup=False)
    console.print("\nScorings of PrivateTest:")
    for scoring in found["scorings"]:
        line = f"  {scoring['date']}  {scoring['commit'][:12]}  {', '.join(scoring['members'])}"
        console.print(line, markup=False, soft_wrap=True)


def wide_console() -> "Console":
    """Return a console that has room for every score wherever it is no terminal."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=max(console.width, WIDE))


def _table(title: str, first: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    made.padding = (0, 1, 0, 0)
    made.add_column(first, overflow="fold")
    for column in columns:
        made.add_column(column, justify="right", no_wrap=True)
    return made


def _span(bounds: list[float] | None) -> str:
    return "-" if bounds is None else f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f}"


def _millions(count: int | None, digits: int) -> str:
    return "-" if count is None else f"{count / 1e6:.{digits}f}"


def _name(found: dict[str, Any], split: str) -> str:
    """Return what a split is called: that of FER-2013, unless the report tells of other rows."""
    from fer_core.emotions import USAGES

    name: str = found.get("splits", USAGES)[split]
    return name


def _splits(found: dict[str, Any]) -> tuple[str, str]:
    valid, test = (_name(found, split).removesuffix("Test") or "Test" for split in ("valid", "test"))
    return valid, test


def members_table(found: dict[str, Any]) -> "Table":
    """Return the members as a table for a terminal."""
    from fer_core.format import percent

    valid, test = _splits(found)
    headers = [f"{valid}\n1 view", f"{valid}\nfull", f"{test}\n1 view", f"{test}\nfull", "95%\ninterval"]
    headers += ["no\ntwins", "params\nM", "MACs\nM"]
    rows = [
        [
            *(percent(m[split][kind]) for split in ("valid", "test") for kind in ("one_view", "full")),
            _span(m["interval"]),
            "-" if found.get("alone") else percent(m["without_twins"]["accuracy"]),
            _millions(m["parameters"], 2),
            _millions(m["macs"], 0),
        ]
        for m in found["members"]
    ]
    said = [i for i in range(len(headers)) if any(row[i] != "-" for row in rows)]  # nothing is known of a user's own
    members = _table("Members: accuracy, %", "member", *(headers[i] for i in said))
    for m, row in zip(found["members"], rows, strict=True):
        members.add_row(m["name"], *(row[i] for i in said), style="bold" if m["name"] == found["best_member"] else None)
    return members


def ensembles_table(found: dict[str, Any], *, every_score: bool) -> "Table":
    """Return the ensembles as a table for a terminal; every_score : with those of the probabilities."""
    from fer_core.ensemble import COMBINERS, WEIGHTINGS, in_text
    from fer_core.format import nats, percent, tested

    valid, test = _splits(found)
    headers = [valid, "out of\nfold", test, "95%\ninterval", "gain", "McNemar\np"]
    headers += [] if found.get("alone") else ["no\ntwins"]
    headers += ["macro\nF1", "NLL", "Brier", "ECE"] if every_score else []
    title = f"All members together: accuracy, %; gain over {found['best_member']}, best on {_name(found, 'valid')}"
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
            tested(e),
            *([] if found.get("alone") else [percent(e["without_twins"]["accuracy"])]),
            *more,
            style="bold" if chosen else None,
        )
    return ensembles
