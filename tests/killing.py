"""Kill -9 at every step of a change of artifacts; run by test_artifacts_swap.py in a process of its own, which forks.

A step is a call into the operating system, as Python's audit events tell, or a line of the swap or of the writer below.
Prints one JSON document: what each kill left behind, and what opening made of it.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from fer_core.artifacts import Manifest, open_artifacts, replace, swap
from fer_core.emotions import EMOTIONS
from fer_core.errors import ArtifactError, ArtifactMissing
from tests.synthetic import artifact_files, write_artifacts

OLD, NEW = ("deep",), ("agrawal",)
CONTENT = {members: artifact_files(members, 14, seed) for seed, members in enumerate((OLD, NEW))}
ROUNDS = 6


def build_new(staging: Path) -> Manifest:
    """Edit the tree in place, each file in two halves."""
    shutil.rmtree(staging / "members", ignore_errors=True)
    for relative, content in CONTENT[NEW].items():
        (staging / relative).parent.mkdir(parents=True, exist_ok=True)
        with (staging / relative).open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            file.write(content[len(content) // 2 :])
    return Manifest(NEW, EMOTIONS)


def build_old(staging: Path) -> Manifest:
    shutil.rmtree(staging / "members", ignore_errors=True)
    for relative, content in CONTENT[OLD].items():
        (staging / relative).parent.mkdir(parents=True, exist_ok=True)
        (staging / relative).write_bytes(content)
    return Manifest(OLD, EMOTIONS)


def arm(step: int) -> None:
    """Die at the given step from now on."""
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == -1:  # the kill itself is a step too
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" or event.startswith(("os.", "shutil.")):
            tick()

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        code = frame.f_code
        if code.co_filename == swap.__file__ or code is build_new.__code__:
            if event == "line":
                tick()
            return trace
        return None

    sys.addaudithook(audit)
    sys.settrace(trace)


def forked(action: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def survives(action: Callable[[], object], step: int) -> bool:
    """Run an action that is killed at a step; tell whether it came to its end before."""

    def armed() -> None:
        arm(step)
        action()

    status = os.waitpid(forked(armed), 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return not os.WIFSIGNALED(status)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "artifacts.lock")


def opened(root: Path) -> dict[str, Any]:
    try:
        found = open_artifacts(root)
    except ArtifactMissing:
        return {"members": None, "problems": [], "after": names(root.parent)}
    return {"members": list(found.manifest.members), "problems": found.check(), "after": names(root.parent)}


def at_every_step(folder: Path, prepare: Callable[[Path], object], action: Callable[[Path], object]) -> list[Any]:
    """Prepare a folder, kill the action at step 0, 1, 2 ... until it comes to its end, and open what is left."""
    results = []
    for step in count():
        place = folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        prepare(place)
        root = place / "artifacts"
        finished = survives(lambda root=root: action(root), step)  # type: ignore[misc]
        results.append({"step": step, "finished": finished, "left": names(place)} | opened(root))
        if finished:
            return results
    raise AssertionError


def leave(old: Path, new: Path, *parts: str) -> Callable[[Path], None]:
    """Return what leaves a state of the swap: `name=old`, `name=new`, or a `name=half` tree."""

    def prepare(place: Path) -> None:
        for part in parts:
            name, tree = part.split("=")
            shutil.copytree(new if tree == "new" else old, place / name)
            if tree == "half":
                shutil.rmtree(place / name / "logits")
                (place / name / "manifest.json").unlink()

    return prepare


def crowd(folder: Path, old: Path, new: Path) -> list[int]:
    """Let four processes open a half-made swap at the same moment, several times; return their exit codes."""
    codes = []
    for turn in range(ROUNDS):
        place = folder / f"crowd{turn}"
        place.mkdir()
        leave(old, new, "artifacts.ready=new", "artifacts.old=old")(place)
        gate, key = os.pipe()

        def visit(place: Path = place, gate: int = gate, key: int = key) -> None:
            os.close(key)
            os.read(gate, 1)  # returns when the parent closes the other end
            found = open_artifacts(place / "artifacts")
            assert found.manifest.members == NEW
            assert not found.check()

        children = [forked(visit) for _ in range(4)]
        os.close(key)
        codes += [os.waitpid(child, 0)[1] for child in children]
        os.close(gate)
        assert names(place) == ["artifacts"]
    return codes


def readers(folder: Path) -> dict[str, int]:
    """Read all the time while another process replaces the tree; count what reading gave."""
    root = folder / "read" / "artifacts"
    replace(root, build_old)

    def write() -> None:
        for build in (build_new, build_old) * ROUNDS:
            replace(root, build)

    writer = forked(write)
    seen = {"whole": 0, "replaced": 0, "wrong": 0}
    while os.waitpid(writer, os.WNOHANG)[0] == 0:
        try:
            found = open_artifacts(root)
            problems = found.check()
            if all("was replaced while" in problem for problem in problems):
                seen["replaced" if problems else "whole"] += 1
            else:
                seen["wrong"] += 1
        except ArtifactError as error:
            sys.stderr.write(f"{error}\n")
            seen["wrong"] += 1
    return seen


def main() -> None:
    scenario, folder = sys.argv[1], Path(sys.argv[2])
    os.fsync = lambda handle: None  # type: ignore[assignment]  # a killed process loses nothing that it has written
    old, new = folder / "old", folder / "new"
    write_artifacts(old, members=OLD, n=14)
    replace(new, build_new)
    result: Any
    if scenario == "replace":
        result = at_every_step(folder, leave(old, new, "artifacts=old"), lambda root: replace(root, build_new))
    elif scenario == "first":
        result = at_every_step(folder, lambda place: None, lambda root: replace(root, build_new))
    elif scenario == "crowd":
        result = crowd(folder, old, new)
    elif scenario == "readers":
        result = readers(folder)
    else:
        result = at_every_step(folder, leave(old, new, *scenario.split()), open_artifacts)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
