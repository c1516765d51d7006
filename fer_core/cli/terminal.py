"""What commands write on a terminal: progress, or plain lines where there is none, and names of files."""

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from fer_core.errors import FerError

if TYPE_CHECKING:
    from fer_core.training.trainer import Status


def refuse_target(target: Path, example: str) -> None:
    """Refuse a file that cannot be written before anything is computed for it; example : a name for one in a folder."""
    if target.is_dir():
        raise FerError(f"{target} is a folder; name a file in it, such as {target / example}.")
    if not target.parent.is_dir():
        raise FerError(f"{target} cannot be written: there is no folder {target.parent}.")
    if not os.access(target if target.exists() and not target.is_file() else target.parent, os.W_OK):
        raise FerError(f"{target} cannot be written: the folder {target.parent} is read-only.")


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing, and show a name as another one."""


def plain(text: str) -> str:
    """Return a line for a terminal: control characters, which move its cursor or worse, as escapes."""
    return "".join(
        letter.encode("unicode_escape").decode()
        if letter in _TURNING or unicodedata.category(letter) in ("Cc", "Zl", "Zp")
        else letter
        for letter in text
    )


console = Console(stderr=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


class TrainingView:
    """The progress of one training or of several side by side, a bar each; without a terminal, one line an epoch."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._finished = 0
        self._total = total
        self._all = progress.add_task("members", total=total, text=f"0 of {total} done", visible=total > 1)

    def _task(self, name: str) -> TaskID:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1.0, text="")
        return self._tasks[name]

    def note(self, name: str, text: str) -> None:
        """Say something once, above the bars."""
        say(f"{name}: {text}", error=True)

    def epoch(self, name: str, status: "Status") -> None:
        """Show loss, PublicTest accuracy and time left of one member."""
        best = f"{100 * status.valid_accuracy:.1f}%" if status.valid_accuracy >= 0 else "-"
        text = (
            f"epoch {status.epoch}/{status.epochs}  loss {status.loss:.3f}  best PublicTest {best}  "
            f"{status.images_per_second:.0f} images/s  {_duration(status.seconds_left)} left"
        )
        done = (status.epoch - 1 + status.step / status.steps) / status.epochs
        self._progress.update(self._task(name), completed=done, text=text)
        if not console.is_terminal and status.step == status.steps:
            console.print(f"{name}: {text}", soft_wrap=True, highlight=False)

    def scoring(self, name: str, share: float) -> None:
        """Show that a trained member computes its logits."""
        self._progress.update(self._task(name), completed=share, text="logits")

    def end(self, name: str, line: str, *, error: bool = False) -> None:
        """Take a member's bar away and say how it ended, above the others."""
        if name in self._tasks:
            self._progress.remove_task(self._tasks.pop(name))
        say(line, error=error)
        self._finished += 1
        self._progress.update(self._all, completed=self._finished, text=f"{self._finished} of {self._total} done")


@contextmanager
def training_view(members: int) -> Iterator[TrainingView]:
    """Show the progress of a number of members."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[text]}"))
    with Progress(
        *columns, console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    ) as progress:
        yield TrainingView(progress, total=members)


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
    """Write a line to stdout or stderr, above the bar if there is one; typer.echo would write into the bar.

    Control characters, which a file's name may hold, are written as escapes.
    """
    (sys.stderr if error else sys.stdout).write(f"{plain(line)}\n")
