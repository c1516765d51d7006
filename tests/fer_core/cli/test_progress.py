"""The bar on a terminal, and lines beside it."""

import os
import subprocess
import sys
import threading

import pytest

from tests import ROOT

pty = pytest.importorskip("pty", reason="there are no pseudo-terminals")
CODE = """
from fer_core.cli.terminal import image_bar, say
with image_bar("Photos", 2) as advance:
    say("first answer")
    advance(1)
    say("one sentence", error=True)
    say("second answer")
    advance(1)
"""


def run(*, terminal: tuple[str, ...]) -> tuple[str, str]:
    """Return what a program with a bar wrote to its pipe, and to the terminal that some of its streams are."""
    ours, theirs = pty.openpty()
    shown = bytearray()

    def watch() -> None:
        try:
            while part := os.read(ours, 4096):
                shown.extend(part)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=watch)
    reader.start()
    streams = {name: theirs if name in terminal else subprocess.PIPE for name in ("stdout", "stderr")}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80"},
        text=True,
        timeout=120,
        check=True,
        **streams,
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    return (done.stdout or "") + (done.stderr or ""), shown.decode()


def test_lines_stand_above_the_bar() -> None:
    """None is appended to the bar's own line."""
    _, shown = run(terminal=("stdout", "stderr"))
    lines = shown.replace("\r\n", "\n").replace("\n", "\r").split("\r")
    assert any("Photos" in line and "100%" in line for line in lines)
    for text in ("first answer", "one sentence", "second answer"):
        assert [line for line in lines if text in line] == [f"\x1b[2K{text}"]


def test_answers_go_to_a_file_while_the_bar_is_on_the_terminal() -> None:
    piped, shown = run(terminal=("stderr",))
    assert piped == "first answer\nsecond answer\n"
    assert "Photos" in shown
    assert "one sentence" in shown
    assert "answer" not in shown


def test_without_a_terminal_there_is_no_bar() -> None:
    piped, shown = run(terminal=())
    assert piped == "first answer\nsecond answer\none sentence\n"
    assert shown == ""
