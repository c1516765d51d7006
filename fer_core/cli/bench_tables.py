"""What `bench` prints: one table for each of its parts."""

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from fer_core.bench import Bench
    from fer_core.bench.faces import Faces
    from fer_core.bench.laboratory import Laboratory
    from fer_core.bench.photos import Photos
    from fer_core.bench.saliency import Maps
    from fer_core.bench.training import TrainingBench


def _print(console: "Console", title: str, first: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    """Print a table whose columns but the first hold numbers."""
    table = Table(first, *columns, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


def show_recompute(console: "Console", found: "Bench") -> None:
    """Print recomputes."""
    title = f"One recompute of {found.members} members x {found.images:,} images: weights, combination, all metrics"
    rows = [[t.what, f"{t.median_ms:.2f}", f"{t.p95_ms:.2f}", f"{t.peak_mib:.1f}"] for t in found.timings]
    _print(console, title, "what", ("median\nms", "95th percent-\nile, ms", "peak memory\nMiB"), rows)
    console.print(f"{found.machine}, {found.cpus} CPUs, Python {found.python}, NumPy {found.numpy}\n")
    if found.peer is None:
        console.print("Install scikit-learn (requirements-dev.txt) to see it side by side.")


def show_laboratory(console: "Console", found: "Laboratory") -> None:
    """Print every subset, contributions and very many members."""
    title = f"The laboratory, {found.repeat} times (a seventh for sixteen members)"
    rows = [
        [
            each.ours.what,
            *(_digits(value) for value in (each.ours.median_ms, each.ours.p95_ms, each.ours.peak_mib)),
            "" if each.plain_ms is None else _digits(each.plain_ms),
            each.plain,
        ]
        for each in found.compared
    ]
    columns = ("median\nms", "95th percent-\nile, ms", "peak memory\nMiB", "plain\nms", "plain NumPy")
    _print(console, title, "what", columns, rows)
    console.print(
        f"{found.machine}, {found.cpus} CPUs, NumPy {found.numpy}. The probabilities of the many members are "
        f"{found.logits_mib:,.0f} MiB.\n"
    )


def show_faces(console: "Console", found: "Faces") -> None:
    """Print networks on one face."""
    title = f"One 48x48 face, one view, float32: {found.faces} times, and {found.loads} loads from disk"
    columns = ("weights\nM", "load\nms", "face\nms", "95th percent-\nile, ms", "reloaded\nfor it, ms")
    rows = [
        [
            t.what + ("" if t.trained or t is found.total else " *"),
            f"{t.parameters / 1e6:.2f}",
            *(f"{value:.1f}" for value in (t.load_ms, t.median_ms, t.p95_ms, t.anew_ms)),
        ]
        for t in (*found.members, found.total)
    ]
    _print(console, title, "network", columns, rows)
    console.print(
        f"{found.device}, torch {found.torch}. Loading reads weights, compares their SHA-256 and builds the networks; "
        f"the first time took {found.first_load_ms:.0f} ms for all. Reloading skips the SHA-256."
    )
    if found.untrained:
        console.print("* Untrained, for timing alone: the artifacts hold no such member.")
    console.print()


def show_training(console: "Console", found: "TrainingBench") -> None:
    """Print training."""
    title = f"Training, batches of {found.batch}, augmentation and optimiser included"
    columns = ("side\npx", "MMACs", "arithmetic", "steps", "images/s", "of the\nceiling, %")
    rows = [
        [
            t.member,
            str(t.side),
            f"{t.macs / 1e6:.0f}",
            t.precision,
            str(t.steps),
            f"{t.images_per_second:.0f}",
            f"{100 * t.share_of_ceiling:.1f}",
        ]
        for t in found.members
    ]
    _print(console, title, "member", columns, rows)
    console.print(
        f"{found.device}, torch {found.torch}. The ceiling, {found.ceiling / 1e9:,.0f} GFLOP/s, is what bfloat16 "
        "matrix products reach here; an image costs 3 x 2 x MACs."
    )


def show_photos(console: "Console", found: "Photos") -> None:
    """Print a photo from its bytes to the answer."""
    width, height = found.size
    title = f"One photo of {width}x{height} pixels with one face, from bytes to answer, {found.runs} times"
    rows = [[t.what, str(t.faces), f"{t.median_ms:.0f}", f"{t.p95_ms:.0f}"] for t in found.timings]
    _print(console, title, "what", ("faces\nfound", "median\nms", "95th percent-\nile, ms"), rows)
    ratio = f" {found.peer_error}" if found.peer_error else ""
    if found.peer_ratio is not None:
        ratio = f" fer takes {found.peer_ratio:.2f} times as long as ours with MTCNN."
    console.print(f"{found.device}, torch {found.torch}, {found.threads} threads.{ratio}")


def show_maps(console: "Console", found: "Maps") -> None:
    """Print maps."""
    title = f"Maps of one face, {found.runs} times (a fifth for Integrated Gradients)"
    rows = [
        [t.what, f"{t.median_ms:.0f}", f"{t.p95_ms:.0f}", "" if t.peer_ms is None else f"{t.peer_ms:.0f}"]
        for t in found.timings
    ]
    _print(console, title, "what", ("median\nms", "95th percent-\nile, ms", "Captum on a\ndeep copy, ms"), rows)
    console.print(
        f"{found.device}, torch {found.torch}, {found.threads} threads. Single maps are those of the slowest member."
    )
