"""How much of the machine a command takes."""

import os


def bounded_threads(wanted: int) -> int:
    """Return how many CPU threads to use of those wanted: never more than there are cores, which it says.

    Threads by the thousand cannot be started, and OpenMP then ends the whole process.
    """
    from fer_core.cli.progress import say

    cores = os.cpu_count() or 1
    if wanted > cores:
        say(f"fer_core: this machine has {cores} cores, so {cores} threads are used.", error=True)
    return min(wanted, cores)


def use_threads(wanted: int | None) -> None:
    """Let networks and OpenCV use so many CPU threads, at most as many as there are cores; None leaves it to them."""
    if wanted is None:
        return
    import cv2
    import torch

    threads = bounded_threads(wanted)
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
