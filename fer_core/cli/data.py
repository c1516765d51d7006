"""`python -m fer_core data`."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fer_core.dataset import Dataset, KnownRows


def known_rows(artifacts: Path | None = None) -> "KnownRows | None":
    """Return the rows of the artifacts, or None where there are no artifacts or no rows in them."""
    from fer_core.artifacts import open_artifacts
    from fer_core.errors import ArtifactMissing

    try:
        return open_artifacts(artifacts).rows()
    except ArtifactMissing:
        return None


def data(
    source: Annotated[Path, typer.Argument(help="CSV or Parquet, an archive of it, or a folder or zip of pictures.")],
    out: Annotated[Path, typer.Option(help="Packed file to write.")] = Path("data/fer2013.npz"),
    ferplus: Annotated[Path | None, typer.Option(help="FER+ votes: fer2013new.csv.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts whose rows give the order.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a public form of FER-2013, put it into the challenge's order, and pack it."""
    from rich.console import Console

    from fer_core.dataset import pack

    if out.suffix.lower() != ".npz":
        raise typer.BadParameter(f"expected a name that ends in .npz, got {out.name}", param_hint="--out")
    known = known_rows(artifacts)
    console = Console(stderr=True)
    with console.status(f"Reading {source}") if console.is_terminal else nullcontext():
        dataset = pack(source, out, ferplus=ferplus, known=known)
        found = _describe(dataset, matched=known is not None)
    if as_json:
        typer.echo(json.dumps({"out": str(out), **found}, indent=2))
    else:
        _show(found, out)


def _describe(dataset: "Dataset", *, matched: bool) -> dict[str, Any]:
    """Return what the command reports; matched : whether the rows were found by their signatures."""
    from fer_core.dataset import class_table, count_differences, plurality, twins
    from fer_core.emotions import EMOTIONS, SPLITS

    counts = {name: row.tolist() for name, row in class_table(dataset).items()}
    parts = {name: dataset.split(name) for name in SPLITS}
    differences = count_differences(dataset)
    return {
        "classes": list(EMOTIONS),
        "counts": counts,
        "official": not differences,
        "warnings": differences,
        "ordered": dataset.ordered,
        "matched": {name: sum(counts[name]) - dataset.unmatched(name) for name in SPLITS} if matched else None,
        "unmatched": {name: dataset.unmatched(name) for name in SPLITS} if matched else None,
        "twins": {name: int((twins(parts["train"].images, parts[name].images) >= 0).sum()) for name in SPLITS[1:]},
        "ferplus_agreement": {
            name: float((plurality(part.votes) == part.labels).mean())
            for name, part in parts.items()
            if part.votes is not None
        }
        or None,
    }


def _show(found: dict[str, Any], out: Path) -> None:
    """Print the class table and, below it, one line for each thing worth knowing."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from fer_core.emotions import USAGES

    table = Table(
        "Split", *found["classes"], "all", title="Images of each class", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for name, row in found["counts"].items():
        table.add_row(USAGES[name], *(f"{count:,}" for count in row), f"{sum(row):,}")
    lines = [f"Warning: {sentence}" for sentence in found["warnings"]]
    for name, count in found["twins"].items():
        lines.append(f"{count:,} {USAGES[name]} images have a pixel-identical twin in Training.")
    if found["matched"] is not None:
        lines.append("The rows are in the challenge's order, by artifacts/rows.npz.")
        for name, count in found["unmatched"].items():
            if count:
                of = f"{count:,} of {sum(found['counts'][name]):,} {USAGES[name]} images"
                lines.append(f"Warning: {of} are in no known row and are left aside.")
    elif found["ordered"]:
        lines.append("There is no artifacts/rows.npz: the rows stay in the order of the source.")
    else:
        lines.append(
            "Warning: there is no artifacts/rows.npz, and pictures do not keep the challenge's order: networks can be "
            "trained on this, but their logits cannot be collected; the CSV form has no such limit."
        )
    for name, share in (found["ferplus_agreement"] or {}).items():
        lines.append(f"FER+ plurality and label agree on {100 * share:.1f}% of {USAGES[name]}.")
    console = Console()
    console.print(table)
    for line in [*lines, f"Packed into {out}."]:
        console.print(line, soft_wrap=True, highlight=False, markup=False)
