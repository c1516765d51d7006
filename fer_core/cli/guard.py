"""What every command does when the world stops it, one sentence and an exit code; how much of the machine it takes."""

import errno
import functools
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fer_core.cli.terminal import plain
from fer_core.errors import FerError


def bounded_threads(wanted: int) -> int:
    """Return how many CPU threads to use of those wanted: never more than there are cores, which it says.

    Threads by the thousand cannot be started, and OpenMP then ends the whole process.
    """
    from fer_core.cli.terminal import say

    cores = os.cpu_count() or 1
    if wanted > cores:
        say(f"fer_core: this machine has {cores} cores, so {cores} threads are used.", error=True)
    return min(wanted, cores)


def use_threads(wanted: int | None) -> None:
    """Let networks and OpenCV use so many CPU threads, at most as many as there are cores; None leaves it to them."""
    if wanted is None:
        return
    import cv2
    import torch

    threads = bounded_threads(wanted)
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)


OPTIONAL = (
    "torch",
    "torchvision",
    "safetensors",
    "PIL",
    "pillow_heif",
    "platformdirs",
    "cv2",
    "facenet_pytorch",
    "captum",
)
"""Packages that requirements-explorer.txt does not install."""
STOPPED, INTERRUPTED = 2, 130
"""Exit codes: of what could not be done, and of Ctrl-C."""
AGAIN = "run the same command again; nothing was changed"
RESUME = {
    "train": "continue from the last whole epoch with the same command and --resume",
    "explain": "run the same command again; what was written stays",
    "predict": "run the same command again; what was written stays",
}
"""How a command goes on after Ctrl-C, where it is more than `AGAIN`."""


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that ends in a sentence and an exit code, where it would end in a traceback.

    What cannot be done is exit code 2, Ctrl-C is 130.  What only a programmer can have caused stays a traceback.
    """

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        end(lambda: command(*args, **options), name=command.__name__)

    return run


def end(action: Callable[[], object], *, name: str = "") -> None:
    """Do something, and exit with a sentence where the world does not let it; name : of the command."""
    try:
        action()
        sys.stdout.flush()  # a full disk shows itself here at the latest, and not after the last line of this program
    except KeyboardInterrupt:
        _stop(f"interrupted; {RESUME.get(name, AGAIN)}." if name else "interrupted.", INTERRUPTED)
    except FerError as error:
        _stop(str(error))
    except ModuleNotFoundError as error:
        if (package := (error.name or "").split(".")[0]) not in OPTIONAL:
            raise
        _stop(f"this command needs {package}: pip install -r requirements.txt")
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read the output has seen enough
            _drop_output()
            sys.exit(1)
        _stop(_sentence(error))


def _sentence(error: OSError) -> str:
    """Say what the system refuses, and of which file."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return f"the output cannot be written: {reason}." if error.errno in _FULL else f"the system refuses: {reason}."
    return f"{os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename}: {reason}."


_FULL = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)


def _stop(sentence: str, code: int = STOPPED) -> None:
    _drop_output()
    sys.stderr.write(f"fer_core: {plain(sentence)}\n")
    sys.exit(code)


def _drop_output() -> None:
    """Keep what is left in the buffer from failing once more when the program ends."""
    try:
        sys.stdout.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        with suppress(OSError):  # what is no file has no number, and nothing is written from it later
            os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
