"""`python -m fer_core explain`."""

from pathlib import Path
from typing import Annotated

import typer

from fer_core.cli.answers import form_of
from fer_core.cli.guard import use_threads


def explain(
    photos: Annotated[
        list[str] | None, typer.Argument(help="Photos, folders of photos, or patterns such as 'party/*.jpg'.")
    ] = None,
    method: Annotated[str, typer.Option(help="A method of docs/saliency.md, such as 'occlusion'.")] = "grad_cam",
    out: Annotated[Path | None, typer.Option(help="Folder for a picture (PNG) and arrays (NPZ) of each face.")] = None,
    members: Annotated[str | None, typer.Option(help="Members of the ensemble, with commas.")] = None,
    weighting: Annotated[str | None, typer.Option(help="Weights of the members, such as 'accuracy'.")] = None,
    combiner: Annotated[str | None, typer.Option(help="Combiner, such as 'hard_vote'.")] = None,
    target: Annotated[str | None, typer.Option(help="Emotion to explain (default: what each predicts).")] = None,
    against: Annotated[str | None, typer.Option(help="Emotion to compare with: why not this one?")] = None,
    baseline: Annotated[str | None, typer.Option(help="Baseline: 'black', 'mean_face' or 'blurred'.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps of the path of integrated_gradients.")] = None,
    samples: Annotated[int | None, typer.Option(help="Random copies or sets, for methods that draw them.")] = None,
    detector: Annotated[
        str, typer.Option(help="Detector: 'mtcnn', 'haar', or 'whole' if each picture is a face.")
    ] = "mtcnn",
    small: Annotated[bool, typer.Option("--small", help="Find small faces too. Takes longer.")] = False,
    benchmark: Annotated[
        bool,
        typer.Option("--benchmark", help="Measure every method on PublicTest and write the result to the artifacts."),
    ] = False,
    mean: Annotated[
        bool,
        typer.Option(
            "--mean", help="Average the maps of each emotion over PublicTest and write them to the artifacts."
        ),
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data set for --benchmark and --mean.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=2, help="Images for a trial of --benchmark or --mean. A trial writes nothing.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With --benchmark or --mean: measure up-to-date members again, too.")
    ] = False,
    artifacts: Annotated[Path | None, typer.Option(help="Artifacts to use.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    as_jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print JSON Lines: one of the ensemble, then one a photo.")
    ] = False,
) -> None:
    """Show what in a face the ensemble and each member looked at: maps over the face, on one colour scale.

    Without --members, --weighting or --combiner it is the ensemble that is best on PublicTest.  What is
    written of each photo stays where another fails or Ctrl-C ends the command.  Exit code 1 when a photo could not be
    read, 2 when a name leads to none or maps could not be written.
    """
    form = form_of(json=as_json, jsonl=as_jsonl)
    if benchmark + mean + bool(photos) != 1:
        raise typer.BadParameter("name photos, or give one of --benchmark and --mean.")
    if photos and out is None:
        raise typer.BadParameter("name a folder for the maps.", param_hint="--out")
    for option, given in (("--data", data is not None), ("--limit", limit is not None), ("--all", everything)):
        if given and photos:
            raise typer.BadParameter("goes with --benchmark or --mean.", param_hint=option)
    if as_jsonl and not photos:
        raise typer.BadParameter("goes with photos.", param_hint="--jsonl")
    from fer_core.artifacts import default_root
    from fer_core.cli.explain_members import write_benchmark, write_mean
    from fer_core.cli.explain_photos import Wish, explain_photos

    use_threads(threads)
    root = artifacts or default_root()
    if not photos:
        write = write_benchmark if benchmark else write_mean
        write(root, data, limit=limit, everything=everything, as_json=as_json)
        return
    assert out is not None
    wish = Wish(method, members, weighting, combiner, target, against, baseline, steps, samples, detector, small)
    explain_photos(root, photos, out, wish, form=form)
