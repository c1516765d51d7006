"""Memory that was let go goes back to the system, and what stays is not looked through again and again."""

import ctypes
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.session import garbage

SCRIPT = """
import sys, threading
from pathlib import Path
from ui.shell.memory import return_large_blocks

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

def use():
    # The first free makes glibc take blocks of this size from its heaps, where small ones between them pin the holes.
    bytearray(16 * 2**20)
    blocks = []
    for _ in range(40):
        blocks.append(bytearray(5 * 2**20))
        blocks[-1][::4096] = b"x" * len(blocks[-1][::4096])
        pins.append(bytearray(60000))

if sys.argv[1] == "yes":
    return_large_blocks()
pins, before = [], resident()
thread = threading.Thread(target=use)
thread.start()
thread.join()
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc keeps such blocks"
)
def test_large_blocks_go_back() -> None:
    def kept(asked: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, asked], capture_output=True, text=True, check=True, cwd=Path.cwd()
        )
        return float(done.stdout)

    assert kept("no") > 100
    assert kept("yes") < 20


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    garbage._modules = 0


class Knot:
    """A part of a cycle, which only a garbage collection frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("thawed")
def test_what_is_loaded_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_modules", 0)
    garbage.set_modules_aside()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 1_000
    new = Knot()
    garbage.set_modules_aside()
    assert any(one is new for one in gc.get_objects()), "set aside though no module was loaded"
    gone = weakref.ref(new)
    del new
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("thawed")
def test_a_cycle_that_was_set_aside_is_freed_by_the_next_collection() -> None:
    old = Knot()
    garbage.collect()
    gone = weakref.ref(old)
    del old
    gc.collect()
    assert gone() is not None
    garbage.collect()
    assert gone() is None


@pytest.mark.usefixtures("thawed")
def test_what_a_visitor_let_go_is_gone_by_the_next_run() -> None:
    old = Knot()
    garbage.collect()
    gone = weakref.ref(old)
    del old
    garbage.set_modules_aside()
    assert gone() is not None
    garbage.let_go()
    garbage.set_modules_aside()
    assert gone() is None
