"""How long one face takes a member on this machine."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from fer_core.emotions import SIDE
from fer_core.inference.logits import member_logits
from fer_core.models import Member


@dataclass(frozen=True)
class Latency:
    """Milliseconds from one face `uint8 [48,48]` to its logits, one view, and the threads that worked on it."""

    median: float
    p95: float
    runs: int
    threads: int


def latency(member: Member, *, runs: int = 20, warmups: int = 5) -> Latency:
    """Time `runs` forward passes of one view of one face, after `warmups` that are not counted.

    The first passes of a network choose kernels and allocate memory, which is not what the hundredth visitor waits for.
    """
    if runs < 1 or warmups < 0:
        raise ValueError(f"runs and warmups: expected at least 1 and 0, got {runs} and {warmups}")
    face = np.random.RandomState(0).randint(0, 256, (1, SIDE, SIDE)).astype(np.uint8)
    times = []
    for _ in range(warmups + runs):
        began = time.perf_counter()
        member_logits(member, face, full=False)
        times.append(1000 * (time.perf_counter() - began))
    median, p95 = np.percentile(times[warmups:], [50, 95])
    return Latency(float(median), float(p95), runs, torch.get_num_threads())
