"""Memory that was let go goes back to the system."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

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
