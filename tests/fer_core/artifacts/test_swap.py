"""Changing artifacts is all or nothing: under kill -9 at every step, with several processes, and where nothing may be
written."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer_core.artifacts import Manifest, open_artifacts, recover, replace
from fer_core.emotions import EMOTIONS
from fer_core.errors import ArtifactDamaged, ArtifactError
from tests import ROOT
from tests.synthetic import write_artifacts

OLD, NEW = ["deep"], ["agrawal"]

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is tested where processes fork")


MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where thousands of small files are made and deleted fastest."""


def killing(scenario: str) -> Any:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        command = [sys.executable, "-m", "tests.killing", scenario, folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def settled(found: dict[str, Any]) -> bool:
    """Whether opening gave a complete tree and left nothing beside it."""
    return not found["problems"] and found["after"] == (["artifacts"] if found["members"] else [])


@forks
def test_a_change_killed_at_any_step_leaves_the_old_tree_or_the_new_one() -> None:
    found = killing("replace")
    assert all(settled(step) for step in found), [step for step in found if not settled(step)]
    members = [step["members"] for step in found]
    turn = members.index(NEW)
    assert members == [OLD] * turn + [NEW] * (len(found) - turn)  # once made, a change is not undone
    # The kills have reached every state that the swap goes through, so the test can fail.
    states = {tuple(step["left"]) for step in found}
    for state in (
        ["artifacts"],
        ["artifacts", "artifacts.next"],
        ["artifacts", "artifacts.ready"],
        ["artifacts.old", "artifacts.ready"],
        ["artifacts", "artifacts.old"],
    ):
        assert tuple(state) in states
    assert len(found) > 100
    assert [step["finished"] for step in found] == [False] * (len(found) - 1) + [True]


@forks
def test_the_first_collection_killed_at_any_step_leaves_nothing_or_all() -> None:
    found = killing("first")
    assert all(settled(step) for step in found), [step for step in found if not settled(step)]
    members = [step["members"] for step in found]
    turn = members.index(NEW)
    assert members == [None] * turn + [NEW] * (len(found) - turn)
    assert turn > 10


@forks
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("artifacts=old artifacts.next=half", OLD),
        ("artifacts=old artifacts.ready=new", NEW),
        ("artifacts.old=old artifacts.ready=new", NEW),
        ("artifacts.ready=new", NEW),
        ("artifacts=new artifacts.old=half", NEW),
        ("artifacts.old=old", OLD),
        ("artifacts.old=old artifacts.next=half", OLD),
        ("artifacts=new artifacts.old=old artifacts.next=half", NEW),
    ],
)
def test_recovery_killed_at_any_step_is_finished_by_the_next_one(state: str, expected: Any) -> None:
    found = killing(state)
    assert len(found) > 5
    assert all(settled(step) and step["members"] == expected for step in found), found


@forks
def test_processes_that_open_a_half_made_swap_at_once_all_get_the_new_tree() -> None:
    assert set(killing("crowd")) == {0}


@forks
def test_a_reader_beside_a_writer_sees_whole_trees_or_is_told_to_open_again() -> None:
    seen = killing("readers")
    assert seen["wrong"] == 0
    assert seen["whole"] > 0


# Without a kill


def test_opening_writes_nothing_where_there_is_nothing_to_finish(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    (tmp_path / "artifacts.lock").unlink(missing_ok=True)
    assert open_artifacts(root).check() == []
    assert [path.name for path in tmp_path.iterdir()] == ["artifacts"]


@pytest.mark.parametrize("leftover", ["next", "old", "ready"])
def test_a_whole_tree_opens_where_the_lock_cannot_be_made(tmp_path: Path, leftover: str) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    (tmp_path / "artifacts.lock").unlink(missing_ok=True)
    (tmp_path / "artifacts.lock").mkdir()  # as good as a read-only folder, and so for root as well
    (tmp_path / f"artifacts.{leftover}").mkdir()
    assert open_artifacts(root).check() == []


def test_a_tree_set_aside_that_cannot_be_put_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    root.rename(tmp_path / "artifacts.old")
    monkeypatch.setattr("os.rename", refuse(errno.EROFS))
    with pytest.raises(ArtifactError, match=r"cannot be finished .*Read-only file system.* artifacts\.old"):
        open_artifacts(root)
    monkeypatch.undo()
    assert open_artifacts(root).check() == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_opens(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    (tmp_path / "artifacts.next").mkdir()
    tmp_path.chmod(0o555)
    try:
        assert open_artifacts(root).check() == []
    finally:
        tmp_path.chmod(0o755)


def refuse(number: int) -> Callable[..., None]:
    def call(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def test_a_full_disk_changes_nothing_and_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    before = open_artifacts(root).fingerprint
    monkeypatch.setattr("os.fsync", refuse(errno.ENOSPC))
    with pytest.raises(ArtifactError, match=r"artifacts could not be changed: .*No space left"):
        write_artifacts(root, members=("deep",), n=14)
    monkeypatch.undo()
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".lock") == ["artifacts"]
    found = open_artifacts(root)
    assert found.fingerprint == before
    assert found.check() == []


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_build_that_raises_changes_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    before = open_artifacts(root).fingerprint

    def build(staging: Path) -> Manifest:
        (staging / "rows.npz").write_bytes(b"")
        raise error

    with pytest.raises(error):
        replace(root, build)
    assert open_artifacts(root).fingerprint == before
    assert open_artifacts(root).check() == []
    assert not (tmp_path / "artifacts.next").exists()


def test_what_a_build_leaves_alone_is_kept(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    before = open_artifacts(root)

    def build(staging: Path) -> Manifest:
        (staging / "notes.json").write_text("{}\n")
        with (staging / "members/deep/history.csv").open("ab") as file:
            file.write(b"9,0.1,1,1,0.5\n")
        assert before.check() == []  # editing the copy in place leaves the present tree alone
        return before.manifest

    replace(root, build)
    after = open_artifacts(root)
    assert after.check() == []
    assert len(after.history("deep")) == 9
    changed = {name for name in after.manifest.files if after.manifest.files[name] != before.manifest.files.get(name)}
    assert changed == {"notes.json", "members/deep/history.csv"}


def test_a_folder_of_other_things_is_not_taken_for_artifacts(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(ArtifactError, match="holds other things than artifacts"):
        write_artifacts(tmp_path / "home", n=14)
    assert (tmp_path / "home" / "letter.txt").read_text() == "dear"
    (tmp_path / "empty").mkdir()
    assert open_artifacts(write_artifacts(tmp_path / "empty", n=14)).check() == []


def test_a_link_to_the_folder_stays_a_link(tmp_path: Path) -> None:
    write_artifacts(tmp_path / "real", n=14)
    (tmp_path / "artifacts").symlink_to(tmp_path / "real")
    write_artifacts(tmp_path / "artifacts", members=("deep",), n=14)
    assert (tmp_path / "artifacts").is_symlink()
    assert open_artifacts(tmp_path / "real").manifest.members == ("deep",)


def test_a_lone_manifest_of_another_kind_is_no_reason_to_lose_the_tree(tmp_path: Path) -> None:
    root = write_artifacts(tmp_path / "artifacts", n=14)
    with pytest.raises(ArtifactDamaged):
        replace(root, lambda staging: Manifest((), EMOTIONS))
    recover(root)
    assert open_artifacts(root).check() == []
