"""`python -m fer_core train`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

if TYPE_CHECKING:
    import torch

    from fer_core.dataset import Dataset
    from fer_core.training.teachers import Teaching
    from fer_core.training.trainer import Trainer


def train(
    members: Annotated[list[str] | None, typer.Argument(help="Members to train, one after the other.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Train every member that has a recipe.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data set: packed, or any public form of FER-2013.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for training in progress.")] = Path("runs"),
    recipe: Annotated[str, typer.Option(help="'own' for each member's recipe, 'slides' for the slides'.")] = "own",
    seed: Annotated[int, typer.Option(help="Seed of the first weights and of every draw after.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs instead of the recipe's.")] = None,
    precision: Annotated[str | None, typer.Option(help="'bfloat16' or 'float32' instead of the recipe's.")] = None,
    teachers: Annotated[
        Path | None,
        typer.Option(help="Folder of finished runs, or artifacts/members: learn from what these say, too."),
    ] = None,
    votes: Annotated[bool, typer.Option(help="Learn from the FER+ votes where the recipe does.")] = True,
    device: Annotated[str | None, typer.Option(help="'cpu' or 'cuda'; by itself CUDA where there is one.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to use.")] = None,
    archives: Annotated[
        Path | None, typer.Option(help="Folder for one archive of each finished member, to take to `collect`.")
    ] = None,
    compiled: Annotated[
        bool | None, typer.Option("--compile/--no-compile", help="Compile the network; by itself on CUDA alone.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last epoch of an unfinished run.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Discard an earlier run of the same name.")] = False,
) -> None:
    """Train members on Training, choosing the epoch on PublicTest; PrivateTest is scored by `collect` alone."""
    import torch

    from fer_core.cli.data import known_rows
    from fer_core.dataset import find
    from fer_core.errors import RunError
    from fer_core.models import MODELS, nearest
    from fer_core.training.finished import pack_run
    from fer_core.training.recipes import recipe_for
    from fer_core.training.runs import prepare, training_data
    from fer_core.training.teachers import find_teachers
    from fer_core.training.trainer import Trainer, default_device

    names = list(MODELS) if every else members or []
    unknown = [name for name in names if name not in MODELS]
    if not names or unknown:
        what = (
            f"no member is called {unknown[0]!r}{nearest(unknown[0])}" if unknown else "name a member, or give --all."
        )
        raise typer.BadParameter(f"{what} There are {', '.join(MODELS)}", param_hint="MEMBER")
    if resume and restart:
        raise typer.BadParameter("--resume and --restart exclude each other")
    if recipe not in ("own", "slides"):
        raise typer.BadParameter("expected 'own' or 'slides'", param_hint="--recipe")
    if precision not in (None, "bfloat16", "float32"):
        raise typer.BadParameter("expected 'bfloat16' or 'float32'", param_hint="--precision")
    if device not in (None, "cpu", "cuda") or (device == "cuda" and not torch.cuda.is_available()):
        raise typer.BadParameter("expected 'cpu', or 'cuda' where there is one", param_hint="--device")
    if threads:
        torch.set_num_threads(threads)
    if teachers:
        find_teachers(teachers)
    where = torch.device(device) if device else default_device()
    dataset = find(data, known=known_rows())
    teaching: Teaching | None = None
    failed: list[str] = []
    for name in names:
        chosen = recipe_for(name, name=recipe)
        chosen = replace(chosen, epochs=epochs, refinements=()) if epochs else chosen
        chosen = replace(chosen, precision=cast(Literal["bfloat16", "float32"], precision)) if precision else chosen
        chosen = chosen if votes else chosen.without_votes()
        if prepare(runs / name, resume=resume, restart=restart):
            teaching = teaching or _ask(teachers, dataset, where)
            seen = training_data(dataset, votes=chosen.by_votes)
            fast = where.type == "cuda" if compiled is None else compiled
            trainer = Trainer(name, chosen, seen, seed=seed, device=where, teaching=teaching, compiled=fast)
            try:
                _train_one(name, trainer, dataset, runs / name, resume=resume)
            except RunError as error:
                if len(names) == 1:
                    raise
                typer.echo(f"{name}: {error}", err=True)  # the others are still wanted
                failed.append(name)
                continue
        else:
            typer.echo(f"{name}: done already, in {runs / name}")
        if archives:
            pack_run(runs / name, archives / f"{name}.zip")
    if failed:
        raise RunError(f"not trained: {', '.join(failed)}.")


def _ask(teachers: Path | None, dataset: "Dataset", device: "torch.device") -> "Teaching | None":
    """Let the teachers speak of Training, under a progress bar."""
    from fer_core.cli.progress import image_bar
    from fer_core.training.teachers import find_teachers, teach

    if teachers is None:
        return None
    images = dataset.split("train").images
    with image_bar("teachers", len(images) * len(find_teachers(teachers))) as advance:
        return teach(teachers, images, device=device, advance=advance)


def _train_one(name: str, trainer: "Trainer", dataset: "Dataset", folder: Path, *, resume: bool) -> None:
    """Train one member under a progress bar, and write its run folder."""
    from fer_core.cli.progress import epoch_bar, image_bar
    from fer_core.training.checkpoint import CHECKPOINT
    from fer_core.training.runs import finish

    with epoch_bar(name, trainer.recipe.total_epochs) as watch:
        trainer.watch = watch
        trained = trainer.run(folder / CHECKPOINT, resume=resume)
    images = 2 * sum(len(dataset.split(split).labels) for split in ("valid", "test"))
    with image_bar(f"{name}: logits", images) as advance:
        card = finish(folder, name, trainer, trained, dataset, advance=advance)
    scores, speed = card["scores"]["valid"], card["throughput"]
    typer.echo(
        f"{name}: PublicTest {100 * scores['full']:.2f}% ({100 * scores['one_view']:.2f}% with one view), epoch "
        f"{trained.progress.best_epoch} of {trained.progress.epoch}, {trained.progress.seconds / 60:.1f} min at "
        f"{speed['images_per_second']:.0f} images/s in the end, {100 * speed['share_of_ceiling']:.0f}% of this "
        f"machine's matrix multiplication, {folder}"
    )
