"""`python -m fer_core report --html FILE`: one setting, in one file that opens without a network."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from fer_core.ensemble import Explorer, Setting
    from fer_core.reports.html import Subject

MOST = 80
"""Most members of which a file tells."""


@dataclass(frozen=True)
class Asked:
    """What options say of the setting; None, and False, where they say nothing."""

    members: str | None = None
    weighting: str | None = None
    combiner: str | None = None
    manual: str | None = None
    on: str | None = None
    without_twins: bool = False
    link: str | None = None

    @property
    def first(self) -> str:
        """Return the first option that says something."""
        return next(f"--{f.name.replace('_', '-')}" for f in fields(self) if getattr(self, f.name) not in (None, False))


NOTHING = Asked()


def report_html(artifacts: Path | None, files: Sequence[Path], target: Path, asked: Asked) -> None:
    """Write the report, whole or not at all."""
    from fer_core.atomic import write_atomically
    from fer_core.cli.terminal import refuse_target
    from fer_core.reports.html import html_report

    refuse_target(target, "report.html")
    subject = subject_from(artifacts, files)
    setting, pin = setting_from(subject, asked)
    content = html_report(subject, setting, pin).encode()
    write_atomically(target, content)
    typer.echo(f"Wrote {target}, {len(content) / 1e6:.1f} MB: open it in any browser. It needs no network.")


def subject_from(artifacts: Path | None, files: Sequence[Path]) -> "Subject":
    """Read artifacts and files of predictions; return the subject of a report."""
    from fer_core.artifacts import open_artifacts
    from fer_core.cli.report_extra import read_all
    from fer_core.cli.terminal import console
    from fer_core.ensemble import choose
    from fer_core.errors import BadExtra
    from fer_core.reports.html import subject_of
    from fer_core.reports.summary import explorer_alone, explorer_of

    opened = open_artifacts(artifacts)
    with console.status("Reading") as status:
        extras = read_all(opened, files)
        alone = any(not extra.joins for extra in extras)
        count = sum(len(extra.members) for extra in extras) + (0 if alone else len(opened.manifest.members))
        if count > MOST:
            raise BadExtra(f"--html describes at most {MOST} members, and these are {count:,}. Use --json for more.")
        status.update("Scoring")
        explorer = explorer_alone(extras[0]) if alone else explorer_of(opened, extras=extras)
        return subject_of(opened, explorer, choose(explorer).setting, extras)


def setting_from(subject: "Subject", asked: Asked) -> "tuple[Setting, Setting | None]":
    """Return the setting that options ask for and what is pinned; without any, the chosen ensemble and nothing."""
    from fer_core.ensemble import Setting
    from fer_core.links import from_link

    explorer, best = subject.explorer, subject.chosen
    if asked.link is not None:
        if replace(asked, link=None) != NOTHING:
            raise typer.BadParameter("a link holds the whole setting; leave out the other options", param_hint="--link")
        try:
            return from_link(asked.link, explorer.members)
        except ValueError as error:
            raise typer.BadParameter(f"{error}.", param_hint="--link") from error
    split = asked.on or "test"
    if split not in ("valid", "test"):
        raise typer.BadParameter(f"expected 'valid' or 'test', got {split!r}.", param_hint="--on")
    twins = not asked.without_twins
    if (asked.members, asked.weighting, asked.combiner, asked.manual) == (None,) * 4:
        return replace(best, split=split, twins=twins), None
    return Setting(*_scheme(explorer, asked), split, twins), None


def _scheme(explorer: "Explorer", asked: Asked) -> "tuple[tuple[str, ...], str, str, tuple[float, ...]]":
    """Return members in order, weighting, combiner and weights of one's own."""
    from fer_core.ensemble import COMBINERS, WEIGHTINGS
    from fer_core.links import members_of, weights_of

    typed = ",".join(explorer.members) if asked.members is None else asked.members
    weighting = asked.weighting or ("equal" if asked.manual is None else "manual")
    combiner = asked.combiner or "mean_probability"
    for option, value, known in (("--weighting", weighting, WEIGHTINGS), ("--combiner", combiner, COMBINERS)):
        if value not in known:
            raise typer.BadParameter(f"expected one of {', '.join(known)}, got {value!r}.", param_hint=option)
    try:
        names = members_of(typed, explorer.members)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--members") from error
    if (weighting == "manual") != (asked.manual is not None):
        raise typer.BadParameter("goes with --weighting manual, and vice versa.", param_hint="--manual")
    if asked.manual is None:
        return names, weighting, combiner, ()
    order = list(dict.fromkeys(name.strip() for name in typed.split(",")))
    try:
        given = dict(zip(order, weights_of(asked.manual, len(names)), strict=True))
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--manual") from error
    if not any(given.values()):
        raise typer.BadParameter("every weight is zero.", param_hint="--manual")
    return names, weighting, combiner, tuple(given[name] for name in names)
