"""A full disk, a closed folder, a broken pipe and Ctrl-C: one sentence, an exit code, and nothing left behind."""

import errno
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fer_core.atomic import write_atomically
from fer_core.cli import app
from fer_core.cli.guard import guarded
from fer_core.dataset.pack import write
from fer_core.errors import WriteError
from tests import ROOT
from tests.command import command
from tests.dataset_forms import csv_text, small_dataset
from tests.synthetic import write_artifacts
from tests.tiny import tiny_dataset

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")


@contextmanager
def full_disk(room: int = 300) -> Iterator[None]:
    """Let no file grow beyond a few bytes, as on a disk that has just filled up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but locks, which are empty and stay."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


@pytest.mark.parametrize("name", ["report.html", "x" * 249, "ä" * 120])
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    write_atomically(target, b"old")
    with full_disk(), pytest.raises(WriteError, match=r"cannot be written: File too large\.$"):
        write_atomically(target, bytes(5000))
    assert tree(tmp_path) == {name: b"old"}
    write_atomically(target, lambda file: file.write(b"new"))
    assert tree(tmp_path) == {name: b"new"}


def test_an_interruption_leaves_nothing_either(tmp_path: Path) -> None:
    def stop(file: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "x", stop)
    assert tree(tmp_path) == {}


@needs_full
def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(FULL)
    for path in (FULL, tmp_path / "link"):
        with pytest.raises(WriteError, match=r"No space left on device\.$"):
            write_atomically(path, b"x")
    assert stat.S_ISCHR(FULL.stat().st_mode)
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "other").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "other", b"new")
    assert (tmp_path / "other").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("which", ["data", "html", "template"])
def test_a_full_disk_is_one_sentence(tmp_path: Path, which: str) -> None:
    source, root = tmp_path / "fer2013.csv", tmp_path / "artifacts"
    source.write_bytes(csv_text(small_dataset()))
    write_artifacts(root)
    asked = {
        "data": ("data", source, "--out", tmp_path / "out.npz", "--artifacts", tmp_path / "none"),
        "html": ("report", "--artifacts", root, "--html", tmp_path / "x.html"),
        "template": ("report", "--artifacts", root, "--template", tmp_path / "x.npz"),
    }
    before = tree(tmp_path)
    with full_disk():
        done = command(*asked[which])
    assert done.one_sentence, done.err
    assert "cannot be written: File too large" in done.err
    assert tree(tmp_path) == before


AS_OTHERS = [] if os.geteuid() else ["setpriv", "--bounding-set", "-dac_override"]
"""How a command is run as one who may not write everywhere, as root may."""


@pytest.mark.skipif(bool(AS_OTHERS) and shutil.which("setpriv") is None, reason="root may write everywhere")
@pytest.mark.parametrize("which", ["data", "html", "template", "train"])
def test_a_read_only_folder_is_one_sentence(tmp_path: Path, which: str) -> None:
    closed, source = tmp_path / "closed", tmp_path / "closed" / "fer2013.csv"
    root = write_artifacts(closed / "artifacts")
    source.write_bytes(csv_text(small_dataset()))
    asked = {
        "data": ("data", source, "--out", closed / "out.npz", "--artifacts", closed / "none"),
        "html": ("report", "--artifacts", root, "--html", closed / "x.html"),
        "template": ("report", "--artifacts", root, "--template", closed / "x.npz"),
        "train": ("train", "shallow", "--data", source, "--runs", closed / "runs", "--set", "epochs=1"),
    }
    before, paths = tree(closed), [closed, *closed.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = subprocess.run(
            [*AS_OTHERS, sys.executable, "-m", "fer_core", *map(str, asked[which])],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "FER_ARTIFACTS": str(closed / "none")},
            timeout=300,
        )
    finally:
        for path in paths:
            path.chmod(0o755)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "read-only" in done.stderr or "Permission denied" in done.stderr
    assert str(closed) in done.stderr
    assert tree(closed) == before


def test_training_on_a_full_disk_says_so(tmp_path: Path) -> None:
    write(tiny_dataset(train=140), tmp_path / "data.npz")
    before = tree(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "fer_core", "train", "shallow", "--epochs", "1", "--no-votes", "--data", "data.npz"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "FER_ARTIFACTS": "none", "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(tmp_path) == before


def test_collecting_onto_a_full_disk_changes_nothing(collected: Path, trained: Path) -> None:
    before = tree(collected.parent)
    with full_disk():
        done = command("collect", trained / "new", "--artifacts", collected)
    assert done.one_sentence, done.err
    assert "File too large" in done.err
    assert tree(collected.parent) == before


@needs_full
@pytest.mark.parametrize("arguments", [["report", "--json"], ["report"], ["report", "--markdown"], ["--help"]])
def test_output_that_does_not_fit_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    root = write_artifacts(tmp_path / "artifacts")
    pid = os.fork()
    if not pid:  # a process of its own, for the output is put aside to the very end
        code = 99
        try:
            monkeypatch.setattr(sys, "argv", ["fer_core", *arguments])
            monkeypatch.setenv("FER_ARTIFACTS", str(root))
            sys.stdout, sys.stderr = FULL.open("w"), os.fdopen(2, "w", closefd=False)
            from fer_core.cli import main

            main()
        except SystemExit as end:
            code = int(end.code or 0)
            sys.stdout.close()
            sys.stderr.flush()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    assert capfd.readouterr().err == "fer_core: the output cannot be written: No space left on device.\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.EROFS, "Read-only file system", "runs/x"), 2, "fer_core: runs/x: Read-only file system.\n"),
        (PermissionError(errno.EACCES, "Permission denied", b"a"), 2, "fer_core: a: Permission denied.\n"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "fer_core: the output cannot be written: No space left"),
        (OSError(errno.EMFILE, "Too many open files"), 2, "fer_core: the system refuses: Too many open files.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 1, ""),
        (
            KeyboardInterrupt(),
            130,
            "fer_core: interrupted; continue from the last whole epoch with the same command and",
        ),
    ],
)
def test_whatever_the_world_does_is_one_sentence(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    def train() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        guarded(train)()
    assert caught.value.code == code
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert said.count("\n") == bool(words)


def test_every_command_is_guarded() -> None:
    made = [entry.callback for entry in app.registered_commands]
    assert len(made) >= 10
    assert all(callback is not None and callback.__code__ is guarded(print).__code__ for callback in made)


def test_what_only_a_programmer_can_cause_stays_a_traceback() -> None:
    def broken() -> None:
        raise ValueError("argument")

    with pytest.raises(ValueError, match="argument"):
        guarded(broken)()


@pytest.mark.parametrize("seed", ["-1", str(2**43)])
def test_a_seed_that_leaves_no_room_for_epochs_is_refused(seed: str) -> None:
    done = command("train", "shallow", "--seed", seed)
    assert done.code == 2
    assert "--seed" in done.words
