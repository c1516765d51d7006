"""The command line without a process of its own, which would load torch for each test."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from fer_core.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left; words : stderr without line breaks and frames."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        return " ".join(self.err.replace("│", " ").split())

    @property
    def one_sentence(self) -> bool:
        return self.code == 2 and self.err.startswith("fer_core: ") and self.err.count("\n") == 1


def command(*arguments: object, **variables: object) -> Done:
    """Run `python -m fer_core ARGUMENTS` with some environment variables."""
    out, err = io.StringIO(), io.StringIO()
    environment = {key: value for key, value in os.environ.items() if key not in ("FER2013_PATH", "FER_ARTIFACTS")}
    given = {key: str(value) for key, value in variables.items()}
    with (
        mock.patch.object(sys, "argv", ["fer_core", *map(str, arguments)]),
        mock.patch.dict(os.environ, environment | {"COLUMNS": "400"} | given, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def predict(artifacts: Path, *arguments: object) -> Done:
    """Run `python -m fer_core predict ARGUMENTS` on some artifacts."""
    return command("predict", "--artifacts", artifacts, *arguments)
