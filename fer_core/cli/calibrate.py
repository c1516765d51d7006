"""`python -m fer_core calibrate`."""

from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.guard import use_threads


def calibrate(
    data: Annotated[Path | None, typer.Option(help="Data set: packed, or any public form of FER-2013.")] = None,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to write to.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written.")] = False,
) -> None:
    """Compute each member's logits of one view where they are missing, and fit temperatures on PublicTest.

    `collect` does the same by itself, unless the artifacts hold members that older versions collected; but for the
    temperatures of spoilt faces, for which networks have to look at images: run this command after it.
    """
    from fer_core.artifacts import CALIBRATION, VIEWS, Artifacts, add_files, default_root, open_artifacts
    from fer_core.calibration import calibration_files
    from fer_core.cli.terminal import image_bar
    from fer_core.dataset import find
    from fer_core.errors import ArtifactError
    from fer_core.evaluate import one_view_logits, spoilt_logits

    root = artifacts or default_root()
    found = open_artifacts(root)
    use_threads(threads)
    dataset = find(data, known=found.rows())
    cached = {split: found.logits(split) for split in ("valid", "test")}
    images = len(found.manifest.members) * sum(len(part.labels) for part in cached.values())
    with image_bar("One view", images) as advance:
        one_view = one_view_logits(found, dataset, advance=advance)
    spoilt = spoilt_logits(found, dataset.split("valid"))
    files = calibration_files(
        {"one_view": one_view, "full": {split: part.logits for split, part in cached.items()}},
        {split: part.labels for split, part in cached.items()},
        dict(zip(found.manifest.members, found.weights(), strict=True)),
        spoilt,
    )

    def unless_replaced(present: Artifacts) -> dict[str, bytes]:
        if present.fingerprint != found.fingerprint:
            raise ArtifactError(f"{root} was replaced while it was being calibrated; run the command again.")
        return files

    add_files(root, unless_replaced)
    if as_json:
        typer.echo(files[CALIBRATION].decode(), nl=False)
        return
    calibration = open_artifacts(root).calibration()
    assert calibration is not None
    members = found.manifest.members
    for view in VIEWS:
        fitted = calibration.temperature(view, members, "equal", "mean_probability")
        typer.echo(f"{view.replace('_', ' ')}: temperature of all members, equal weights: {fitted:.3f}")
    typer.echo(f"Written to {root / CALIBRATION}.")
