"""Progress on a terminal, and plain lines where there is none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from fer_core.training.trainer import Status

console = Console(stderr=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


@contextmanager
def epoch_bar(name: str, epochs: int) -> Iterator[Callable[["Status"], None]]:
    """Show loss, PublicTest accuracy and time left; without a terminal, one line an epoch."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[text]}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=epochs, text="")

        def watch(status: "Status") -> None:
            best = f"{100 * status.valid_accuracy:.1f}%" if status.valid_accuracy >= 0 else "-"
            text = (
                f"epoch {status.epoch}/{status.epochs}  loss {status.loss:.3f}  best PublicTest {best}  "
                f"{status.images_per_second:.0f} images/s  {_duration(status.seconds_left)} left"
            )
            done = status.epoch - 1 + status.step / status.steps
            progress.update(task, completed=done, text=text)
            if not console.is_terminal and status.step == status.steps:
                console.print(f"{name}: {text}", soft_wrap=True, highlight=False)

        yield watch


@contextmanager
def image_bar(description: str, images: int) -> Iterator[Callable[[int], None]]:
    """Show how many of `images` are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    # Lines written meanwhile go above the bar, which is on stderr: not those that belong in a file.
    with Progress(
        *columns, console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    ) as progress:
        task = progress.add_task(description, total=images)
        yield lambda done: progress.advance(task, done)


def say(line: str, *, error: bool = False) -> None:
    """Write a line to stdout or stderr, above the bar if there is one; typer.echo would write into the bar."""
    (sys.stderr if error else sys.stdout).write(f"{line}\n")
