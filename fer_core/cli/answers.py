"""Answers for many photos, written as they come: what is done is there, however the command ends."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

import typer

from fer_core.cli.terminal import plain, say

FORMS = ("text", "json", "jsonl", "csv")
UNREAD, FAILED = 1, 2
"""Exit codes where a photo could not be read, and where a name led nowhere or a file could not be written."""


def form_of(**asked: bool) -> str:
    """Return the one form that was asked for, text for none; asked : options by the name of their form."""
    forms = [form for form, given in asked.items() if given]
    if len(forms) > 1:
        options = [f"--{form}" for form in forms]
        raise typer.BadParameter(f"{', '.join(options[:-1])} and {options[-1]} exclude one another.")
    return forms[0] if forms else "text"


class Answers:
    """Writes records of photos to stdout in one form, and gathers what went wrong for the end.

    header : what holds for all photos; the first line of JSON Lines
    photos : how many there are to answer; rows : records to CSV, its first line included
    """

    def __init__(
        self,
        form: str,
        header: Mapping[str, Any],
        photos: int,
        rows: Callable[[Sequence[Mapping[str, Any]]], str] | None = None,
    ) -> None:
        self.form, self.header, self.photos, self.rows = form, header, photos, rows
        self.written = self.code = 0
        self.problems: list[str] = []

    def __enter__(self) -> "Answers":
        if self.form == "json":
            self._write(json.dumps({**self.header, "photos": []}, indent=2).removesuffix("]\n}"))
        elif self.form == "jsonl":
            self._write(json.dumps(self.header) + "\n")
        elif self.rows and self.form == "csv":
            self._write(self.rows([]))
        return self

    def add(self, record: Mapping[str, Any], lines: Sequence[str] = (), *, problem: str = "", code: int = 0) -> None:
        """Write one photo's record, or its lines where text is asked for; code : the exit code that a problem gives."""
        if problem:
            self.problems.append(problem)
            self.code = max(self.code, code)
        if self.form == "json":
            text = json.dumps(record, indent=2).replace("\n", "\n    ")
            self._write(("," if self.written else "") + "\n    " + text)
        elif self.form == "jsonl":
            self._write(json.dumps(record) + "\n")
        elif self.rows and self.form == "csv":
            text = self.rows([record])[len(self.rows([])) :]
            self._write("\n".join(map(plain, text.split("\n"))) if sys.stdout.isatty() else text)
        elif self.form == "text":
            for line in lines:
                say(line)
            sys.stdout.flush()
        self.written += 1

    def nowhere(self, problems: Sequence[tuple[str, str]]) -> None:
        """Write a record of each name that leads to no photo."""
        self.photos += len(problems)
        for name, problem in problems:
            self.add({"photo": name, "error": problem, "faces": []}, problem=problem, code=FAILED)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.form == "json":
            end = "\n  ]" if self.written else "]"
            try:
                self._write(end + (',\n  "interrupted": true' if kind else "") + "\n}\n")
            except OSError:
                if kind is None:
                    raise  # else the first error tells more
        if kind and not issubclass(kind, OSError):  # of a reader who has enough, such as head
            self._list()
            if self.written or issubclass(kind, KeyboardInterrupt):
                how = "interrupted" if issubclass(kind, KeyboardInterrupt) else "stopped"
                say(f"fer_core: {how} after {self.written} of {self.photos} photos.", error=True)

    def finish(self) -> None:
        """Say what went wrong, one line each, and end the command with its exit code."""
        self._list()
        if self.code:
            raise typer.Exit(self.code)

    def _list(self) -> None:
        for problem in self.problems:
            say(f"fer_core: {problem}", error=True)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
