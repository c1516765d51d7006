"""The command line: `python -m fer_core COMMAND`, one command a file.

A command imports what it needs when it runs, so that `report` does not wait for torch.
"""

import io
import sys

import typer

from fer_core.cli.bench import bench
from fer_core.cli.calibrate import calibrate
from fer_core.cli.collect import collect
from fer_core.cli.data import data
from fer_core.cli.doctor import doctor
from fer_core.cli.evaluate import evaluate
from fer_core.cli.explain import explain
from fer_core.cli.frame import frame
from fer_core.cli.guard import OPTIONAL, end, guarded
from fer_core.cli.predict import predict
from fer_core.cli.report import report
from fer_core.cli.train import train

__all__ = ["OPTIONAL", "app", "main"]

app = typer.Typer(
    name="fer_core",
    help="Train networks on FER-2013, cache their logits, and report what ensembles of them reach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (doctor, data, train, collect, evaluate, report, predict, explain, frame, calibrate, bench):
    app.command()(guarded(command))


def main() -> None:
    """Run one command; an expected failure is one sentence on stderr and exit code 2, an interruption 130."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file may have any name, and stderr does the same
    end(app)
