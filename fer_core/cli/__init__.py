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
from fer_core.cli.evaluate import evaluate
from fer_core.cli.explain import explain
from fer_core.cli.frame import frame
from fer_core.cli.predict import predict
from fer_core.cli.report import report
from fer_core.cli.train import train
from fer_core.errors import FerError

app = typer.Typer(
    name="fer_core",
    help="Train networks on FER-2013, cache their logits, and report what ensembles of them reach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (data, train, collect, evaluate, report, predict, explain, frame, calibrate, bench):
    app.command()(command)

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


def main() -> None:
    """Run one command; an expected failure is one sentence on stderr and exit code 2, an interruption 130."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file may have any name, and stderr does the same
    try:
        app()
    except ModuleNotFoundError as error:
        if (package := (error.name or "").split(".")[0]) not in OPTIONAL:
            raise
        print(f"fer_core: this command needs {package}: pip install -r requirements.txt", file=sys.stderr)
        sys.exit(2)
    except FerError as error:
        print(f"fer_core: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("fer_core: interrupted.", file=sys.stderr)
        sys.exit(130)
