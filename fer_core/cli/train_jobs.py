"""Trainings as jobs: one after the other in this process, or several side by side in processes of their own."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from fer_core.errors import FerError

if TYPE_CHECKING:
    from fer_core.cli.terminal import TrainingView
    from fer_core.recipe import Recipe
    from fer_core.training.trainer import Status


@dataclass(frozen=True)
class Job:
    """One training of one member.

    name : of the run's folder and of the member; architecture, arguments : its network
    start : folder of a finished member whose weights are the first ones; None draws them
    data, teachers : where the data set and the finished members to learn from are
    precision : "bfloat16", "float32", or None to measure which is faster here; threads : None to measure, too
    archives : folder for one archive of the finished run, None for none
    """

    name: str
    architecture: str
    recipe: "Recipe"
    folder: Path
    data: Path | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    device: str = "cpu"
    precision: str | None = None
    threads: int | None = None
    teachers: Path | None = None
    start: Path | None = None
    archives: Path | None = None
    compiled: bool = False
    resume: bool = False
    restart: bool = False


class View(Protocol):
    """What watches a training: `fer_core.cli.terminal.TrainingView`, or the pipe to the process that has one."""

    def note(self, name: str, text: str) -> None:
        """Say something once."""

    def epoch(self, name: str, status: "Status") -> None:
        """Tell where the training stands."""

    def scoring(self, name: str, share: float) -> None:
        """Tell how far its logits are."""


def run_job(job: Job, view: View) -> str:
    """Train one member, write its run folder, and return a line that says what came out; raises RunError."""
    import torch

    from fer_core.cli.data import known_rows
    from fer_core.dataset import find
    from fer_core.training.beginning import teach
    from fer_core.training.checkpoint import CHECKPOINT
    from fer_core.training.finished import pack_run
    from fer_core.training.machine import choose
    from fer_core.training.runs import finish, prepare, start_of, training_data
    from fer_core.training.trainer import Trainer

    if not prepare(job.folder, resume=job.resume, restart=job.restart):
        line = f"{job.name}: done already, in {job.folder}"
    else:
        start = None
        if job.start is not None:
            start, arguments = start_of(job.start, architecture=job.architecture)
            job = replace(job, arguments=arguments)
        device = torch.device(job.device)
        dataset = find(job.data, known=known_rows())
        checkpoint = job.folder / CHECKPOINT
        choice = choose(job, device, checkpoint)
        torch.set_num_threads(choice.threads)
        view.note(job.name, f"trains in {choice.sentence}.")
        recipe = replace(job.recipe, precision=choice.precision)
        teaching = teach(job.teachers, dataset.split("train").images, device=device) if job.teachers else None
        trainer = Trainer(
            job.architecture,
            recipe,
            training_data(dataset, votes=recipe.by_votes),
            seed=job.seed,
            device=device,
            arguments=job.arguments,
            teaching=teaching,
            start=start,
            compiled=job.compiled,
        )
        trainer.watch = lambda status: view.epoch(job.name, status)
        trained = trainer.run(checkpoint, resume=job.resume)
        images, done = 2 * sum(len(dataset.split(split).labels) for split in ("valid", "test")), 0

        def advance(more: int) -> None:
            nonlocal done
            done += more
            view.scoring(job.name, done / images)

        card = finish(job.folder, job.name, trainer, trained, dataset, advance=advance)
        scores, speed, progress = card["scores"]["valid"], card["throughput"], trained.progress
        line = (
            f"{job.name}: PublicTest {100 * scores['full']:.2f}% ({100 * scores['one_view']:.2f}% with one view), "
            f"epoch {progress.best_epoch} of {progress.epoch}, {progress.seconds / 60:.1f} min at "
            f"{speed['images_per_second']:.0f} images/s in the end, "
            f"{100 * speed['share_of_ceiling']:.0f}% of this machine's matrix multiplication, {job.folder}"
        )
    if job.archives:
        pack_run(job.folder, job.archives / f"{job.name}.zip")
    return line


def run_all(jobs: Sequence[Job], view: "TrainingView", *, side_by_side: int) -> list[str]:
    """Train all, so many at a time; return the names of those that failed, which keep no other from being trained."""
    return _one_by_one(jobs, view) if side_by_side == 1 else _side_by_side(jobs, view, side_by_side)


def _one_by_one(jobs: Sequence[Job], view: "TrainingView") -> list[str]:
    failed = []
    for job in jobs:
        try:
            view.end(job.name, run_job(job, view))
        except (FerError, OSError) as error:
            if len(jobs) == 1:
                raise
            view.end(job.name, f"{job.name}: {error}", error=True)
            failed.append(job.name)
    return failed


class _Pipe:
    """The view of a training in a process of its own: what is seen goes to the parent."""

    def __init__(self, sender: "Connection[Any, Any]") -> None:
        self._sender = sender

    def tell(self, *message: Any) -> None:
        """Send a message; where nobody listens any more, end the process: its last checkpoint is whole."""
        parent = multiprocessing.parent_process()
        try:
            if parent is None or not parent.is_alive():
                raise BrokenPipeError
            self._sender.send(message)
        except OSError:
            os._exit(1)

    def note(self, name: str, text: str) -> None:
        """Send what is said once."""
        self.tell("note", text)

    def epoch(self, name: str, status: "Status") -> None:
        """Send where the training stands."""
        self.tell("epoch", status)

    def scoring(self, name: str, share: float) -> None:
        """Send how far its logits are."""
        self.tell("scoring", share)


def _child(job: Job, sender: "Connection[Any, Any]") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this process
    pipe = _Pipe(sender)
    try:
        pipe.tell("end", run_job(job, pipe), False)
    except (FerError, OSError) as error:
        pipe.tell("end", f"{job.name}: {error}", True)


def _side_by_side(jobs: Sequence[Job], view: "TrainingView", most: int) -> list[str]:
    context = multiprocessing.get_context("spawn")  # a fork would take torch's threads along, half of them dead
    waiting, failed = list(jobs), []
    running: dict[Connection[Any, Any], tuple[Job, SpawnProcess]] = {}
    show: dict[str, Callable[..., None]] = {"note": view.note, "epoch": view.epoch, "scoring": view.scoring}
    try:
        while waiting or running:
            while waiting and len(running) < most:
                job = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(job, sender), daemon=True)
                process.start()
                sender.close()
                running[receiver] = job, process
            for ready in wait(list(running)):
                receiver = cast("Connection[Any, Any]", ready)
                job, process = running[receiver]
                try:
                    kind, *rest = receiver.recv()
                except EOFError:
                    process.join()
                    kind, rest = "end", [f"{job.name}: its process ended with exit code {process.exitcode}.", True]
                if kind != "end":
                    show[kind](job.name, *rest)
                    continue
                line, error = rest
                view.end(job.name, line, error=error)
                failed += [job.name] * error
                del running[receiver]
                receiver.close()
                process.join()
    finally:
        for _, process in running.values():
            process.terminate()
    return failed
