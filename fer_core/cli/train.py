"""`python -m fer_core train`."""

import json
import re
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fer_core.recipe import Recipe

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
"""What a member may be called."""


def train(
    members: Annotated[list[str] | None, typer.Argument(help="Members to train.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Train every member that has a recipe.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Members to train side by side, each on its share of threads.")] = 1,
    data: Annotated[Path | None, typer.Option(help="Data set: packed, or any public form of FER-2013.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for training in progress.")] = Path("runs"),
    recipe: Annotated[
        str, typer.Option(help="Recipes: 'own' for each member's, 'slides' for those of the slides.")
    ] = "own",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="FIELD=VALUE of the recipe, such as noise=0.1; may be repeated."),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Option("--argument", help="NAME=VALUE of the network, such as 'widths=[64,128]'; may be repeated."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--as", help="Name of the run and the member, instead of the network's.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**43 - 1, help="Seed of the first weights and of every random draw.")
    ] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs, instead of the recipe's.")] = None,
    precision: Annotated[
        str | None, typer.Option(help="Precision: 'bfloat16' or 'float32' (default: the faster one, measured here).")
    ] = None,
    teachers: Annotated[
        Path | None,
        typer.Option(help="Folder of finished runs, or artifacts/members: learn from their predictions, too."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--continue",
            help="Folder of finished runs, or artifacts/members: start from the weights of the same member there.",
        ),
    ] = None,
    votes: Annotated[bool, typer.Option(help="Learn from the FER+ votes where the recipe does.")] = True,
    device: Annotated[str | None, typer.Option(help="Device: 'cpu' or 'cuda' (default: CUDA if there is one).")] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="CPU threads for each member (default: the fastest number).")
    ] = None,
    archives: Annotated[
        Path | None, typer.Option(help="Folder for one archive of each finished member, for `collect`.")
    ] = None,
    compiled: Annotated[
        bool | None, typer.Option("--compile/--no-compile", help="Compile the network (default: on CUDA only).")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an unfinished run from its last epoch.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Discard an earlier run of the same name.")] = False,
) -> None:
    """Train members on Training, choosing the epoch on PublicTest; PrivateTest is scored by `collect` alone."""
    import torch

    from fer_core.cli.data import known_rows
    from fer_core.cli.guard import bounded_threads
    from fer_core.cli.terminal import training_view
    from fer_core.cli.train_jobs import Job, run_all
    from fer_core.dataset import find
    from fer_core.errors import RunError
    from fer_core.machine import cores
    from fer_core.models import MODELS, arguments_of, nearest
    from fer_core.training.beginning import find_teachers
    from fer_core.training.recipes import recipe_for
    from fer_core.training.runs import prepare
    from fer_core.training.trainer import default_device

    names = list(MODELS) if every else list(dict.fromkeys(members or []))
    unknown = [name for name in names if name not in MODELS]
    if not names or unknown:
        what = (
            f"no member is called {unknown[0]!r}{nearest(unknown[0])}" if unknown else "name a member, or give --all."
        )
        raise typer.BadParameter(f"{what} There are {', '.join(MODELS)}", param_hint="MEMBER")
    if name is not None and (len(names) > 1 or not NAME.fullmatch(name)):
        raise typer.BadParameter("expected one member, and small letters, digits, '.', '_' and '-'", param_hint="--as")
    if resume and restart:
        raise typer.BadParameter("--resume and --restart exclude each other")
    if recipe not in ("own", "slides"):
        raise typer.BadParameter("expected 'own' or 'slides'", param_hint="--recipe")
    if precision not in (None, "bfloat16", "float32"):
        raise typer.BadParameter("expected 'bfloat16' or 'float32'", param_hint="--precision")
    if device not in (None, "cpu", "cuda") or (device == "cuda" and not torch.cuda.is_available()):
        raise typer.BadParameter("expected 'cpu', or 'cuda' where there is one", param_hint="--device")
    if teachers:
        find_teachers(teachers)
    if start and arguments:
        raise typer.BadParameter("the weights fix the network; leave --argument out", param_hint="--continue")
    given = _pairs(arguments, "--argument")
    where = torch.device(device) if device else default_device()
    own_threads = bounded_threads(threads) if threads else max(1, cores() // jobs) if jobs > 1 else None
    find(data, known=known_rows())  # said now rather than once for each member
    planned = []
    for network in names:
        if strange := set(given) - {"preprocessing", *arguments_of(network)}:
            raise typer.BadParameter(f"{network} has no {sorted(strange)[0]!r}", param_hint="--argument")
        chosen = recipe_for(network, name=recipe)
        chosen = replace(chosen, epochs=epochs, refinements=()) if epochs else chosen
        chosen = _changed(chosen, _pairs(settings, "--set"))
        chosen = chosen if votes else chosen.without_votes()
        folder = runs / (name or network)
        if not restart:
            prepare(folder, resume=resume, restart=False)
        planned.append(
            Job(
                name or network,
                network,
                chosen,
                folder,
                data=data,
                arguments=given,
                seed=seed,
                device=str(where),
                precision=precision,
                threads=own_threads,
                teachers=teachers,
                start=start / (name or network) if start else None,
                archives=archives,
                compiled=where.type == "cuda" if compiled is None else compiled,
                resume=resume,
                restart=restart,
            )
        )
    with training_view(len(planned)) as view:
        failed = run_all(planned, view, side_by_side=min(jobs, len(planned)))
    if failed:
        raise RunError(f"not trained: {', '.join(failed)}.")


def _pairs(texts: list[str] | None, option: str) -> dict[str, Any]:
    """Read NAME=VALUE, the values as JSON or, where they are none, as text; lists become tuples."""
    found: dict[str, Any] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"expected NAME=VALUE, got {text!r}", param_hint=option)
        try:
            read = json.loads(value)
        except ValueError:
            read = value
        found[key] = tuple(read) if isinstance(read, list) else read
    return found


def _changed(recipe: "Recipe", settings: dict[str, Any]) -> "Recipe":
    """Return a recipe, and the stages that refine it, with some fields changed; refuse a field or value by name."""
    from fer_core.recipe import Recipe

    kinds = {field.name: type(getattr(Recipe(), field.name)) for field in fields(Recipe)}
    for key, value in settings.items():
        if key not in kinds or key in ("refinements", "precision"):
            close = get_close_matches(key, kinds, n=1)
            raise typer.BadParameter(
                f"a recipe has no {key!r}{f'; did you mean {close[0]}?' if close else ''}", param_hint="--set"
            )
        expected = (int, float) if kinds[key] is float else kinds[key]
        if not isinstance(value, expected) or isinstance(value, bool) != (kinds[key] is bool):
            raise typer.BadParameter(f"{key}: expected {kinds[key].__name__}, got {value!r}", param_hint="--set")
    if not settings:
        return recipe
    try:
        refined = tuple(
            _changed(stage, {k: v for k, v in settings.items() if k != "epochs"}) for stage in recipe.refinements
        )
        return replace(recipe, **settings, refinements=() if "epochs" in settings else refined)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--set") from error
