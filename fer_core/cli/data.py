"""`python -m fer_core data`."""

import json
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
    source: Annotated[Path, typer.Argument(help="CSV (gzipped or not), .tar.gz, or the Kaggle folder or zip.")],
    out: Annotated[Path, typer.Option(help="Packed file to write.")] = Path("data/fer2013.npz"),
    ferplus: Annotated[Path | None, typer.Option(help="FER+ votes: fer2013new.csv.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts whose rows give the order.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a public form of FER-2013, put it into the challenge's order, and pack it."""
    from fer_core.dataset import pack

    known = known_rows(artifacts)
    dataset = pack(source, out, ferplus=ferplus, known=known)
    found = _describe(dataset, ordered=known is not None)
    if as_json:
        typer.echo(json.dumps({"out": str(out), **found}, indent=2))
    else:
        _show(found, out)


def _describe(dataset: "Dataset", *, ordered: bool) -> dict[str, Any]:
    from fer_core.dataset import OFFICIAL_COUNTS, class_table, plurality, twins
    from fer_core.emotions import EMOTIONS, SPLITS

    counts = {name: row.tolist() for name, row in class_table(dataset).items()}
    parts = {name: dataset.split(name) for name in SPLITS}
    agreement = {}
    for name, part in parts.items():
        if part.votes is not None:
            agreement[name] = float((plurality(part.votes) == part.labels).mean())
    return {
        "classes": list(EMOTIONS),
        "counts": counts,
        "official": all(tuple(counts[name]) == OFFICIAL_COUNTS[name] for name in SPLITS),
        "unmatched": {name: dataset.unmatched(name) for name in SPLITS} if ordered else None,
        "twins": {
            name: int((twins(parts["train"].images, parts[name].images) >= 0).sum()) for name in ("valid", "test")
        },
        "ferplus_agreement": agreement or None,
    }


def _show(found: dict[str, Any], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from fer_core.emotions import USAGES

    table = Table("Split", *found["classes"], "all", title="Images of each class")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, row in found["counts"].items():
        table.add_row(USAGES[name], *(f"{count:,}" for count in row), f"{sum(row):,}")
    console = Console()
    console.print(table)
    if not found["official"]:
        console.print("These are not the counts of the challenge's data set (28,709, 3,589 and 3,589 images).")
    for name, count in found["twins"].items():
        console.print(f"{count:,} {USAGES[name]} images have a pixel-identical twin in Training.")
    if found["unmatched"] is None:
        console.print("No artifacts/rows.npz: the rows stay in the order of the source.")
    elif any(found["unmatched"].values()):
        left = ", ".join(f"{count} of {USAGES[name]}" for name, count in found["unmatched"].items())
        console.print(f"Images in no known row, left aside: {left}.")
    for name, share in (found["ferplus_agreement"] or {}).items():
        console.print(f"FER+ plurality and label agree on {100 * share:.1f}% of {USAGES[name]}.")
    console.print(f"Packed into {out}.", soft_wrap=True)
