"""Sums over every subset of some members.

Subsets are numbered: number s holds member i where bit i of s is set.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def doubled(values: Array) -> Array:
    """Return the sums of values [...,M,N] over every subset of the M members, all at once: [...,2^M,N]."""
    members = values.shape[-2]
    sums = np.zeros((*values.shape[:-2], 1 << members, values.shape[-1]))
    for i in range(members):
        np.add(sums[..., : 1 << i, :], values[..., i : i + 1, :], out=sums[..., 1 << i : 2 << i, :])
    return sums


def walked(values: Array, total: Array, subset: int = 0) -> Iterator[tuple[int, Array]]:
    """Yield each subset of the M members of values [...,M,N] and its sum on top of a total, one by one and in order."""
    last = values.shape[-2] - 1
    if last < 0:
        yield subset, total
        return
    yield from walked(values[..., :last, :], total, subset)
    yield from walked(values[..., :last, :], total + values[..., last, :], subset | 1 << last)
