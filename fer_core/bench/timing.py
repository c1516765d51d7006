"""One timing, and all timings of the recompute."""

import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fer_core.emotions import EMOTIONS


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one call, at the median and at the 95th percentile, and peak MiB that it allocates."""

    what: str
    median_ms: float
    p95_ms: float
    peak_mib: float


@dataclass(frozen=True)
class Bench:
    """Timings, and the machine and the versions they were taken with; peer : None where scikit-learn is missing."""

    machine: str
    cpus: int
    python: str
    numpy: str
    peer: str | None
    members: int
    images: int
    repeat: int
    timings: tuple[Timing, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {"classes": len(EMOTIONS), **asdict(self)}


def measure(what: str, call: Callable[[], object], *, repeat: int) -> Timing:
    """Time `repeat` calls after three to warm up; memory is measured in one more."""
    for _ in range(3):
        call()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Timing(what, 1000 * float(np.median(seconds)), 1000 * float(np.percentile(seconds, 95)), peak / 2**20)
