"""Random numbers that Captum draws from the global generators of torch and NumPy: one thread's at a time, by its seed.

The generators belong to one thread while it draws, and to nobody while its networks compute, which is nearly all the
time of a map.  Each thread's own states are kept meanwhile, so a seed gives the same map whoever else is at it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from captum._utils.gradient import compute_gradients

_DRAWING = threading.Lock()
_HERE = threading.local()
"""`outer` : of a thread that draws, the states to which the generators go back whenever it rests."""


def _states() -> tuple[Any, ...]:
    return torch.random.get_rng_state(), np.random.get_state()


def _set(states: tuple[Any, ...]) -> None:
    torch.random.set_rng_state(states[0])
    np.random.set_state(states[1])


@contextmanager
def drawing(seed: int) -> Iterator[None]:
    """Seed the global generators for a while, for this thread alone; both go on after as if nothing had been."""
    with _DRAWING:
        _HERE.outer = _states()
        try:
            torch.default_generator.manual_seed(seed)
            np.random.seed(seed)
            yield
        finally:
            _set(_HERE.outer)
            _HERE.outer = None


@contextmanager
def resting() -> Iterator[None]:
    """Let others draw while this thread computes; within `drawing` alone does it change anything."""
    if getattr(_HERE, "outer", None) is None:
        yield
        return
    own = _states()
    _set(_HERE.outer)
    _HERE.outer = None
    _DRAWING.release()
    try:
        yield
    finally:
        _DRAWING.acquire()
        _HERE.outer = _states()
        _set(own)


def resting_gradients(*arguments: Any, **options: Any) -> tuple[torch.Tensor, ...]:
    """Compute gradients as Captum does, forward and back, while others may draw."""
    with resting():
        return compute(*arguments, **options)


compute: Callable[..., tuple[torch.Tensor, ...]] = compute_gradients
