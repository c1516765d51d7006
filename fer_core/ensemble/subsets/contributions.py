"""What each member contributes, and which members replace or complement each other, from the values of all subsets.

Values are float64 [2^M], subset number s holding member i where bit i of s is set: a cooperative game.
"""

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def members_of(values: Array) -> int:
    """Return M; raises ValueError where values are not of all subsets of at least one member."""
    members = len(values).bit_length() - 1
    if values.ndim != 1 or members < 1 or len(values) != 1 << members:
        raise ValueError(f"values: expected one for each subset, 2^M of at least one member, got {list(values.shape)}")
    return members


def shapley(values: Array) -> Array:
    """Return each member's Shapley value, float64 [M]; together they are the whole's value less the empty subset's.

    It is what a member adds when it joins, averaged over all orders in which the members can join (Shapley 1953, "A
    value for n-person games").
    """
    return np.array([float(joining.mean()) for joining in by_place(values)])


def by_place(values: Array) -> Array:
    """Return what each member adds when it joins as the first, the second, ..., the last: float64 [M,M].

    A mean over the subsets of those who came before; a row's mean is the member's Shapley value.
    """
    members = members_of(values)
    before = _sizes(members - 1)
    ways = np.array([comb(members - 1, size) for size in range(members)])
    gains = [np.bincount(before, weights=_added(values, i), minlength=members) for i in range(members)]
    found: Array = np.array(gains) / ways
    return found


def banzhaf(values: Array) -> Array:
    """Return what each member adds, averaged over all subsets of the others alike: float64 [M] (Banzhaf 1965)."""
    return np.array([float(_added(values, i).mean()) for i in range(members_of(values))])


def leave_one_out(values: Array) -> Array:
    """Return what the whole loses without each member: float64 [M]."""
    return np.array([float(_added(values, i)[-1]) for i in range(members_of(values))])


def interactions(values: Array) -> Array:
    """Return the Shapley interaction index of each pair, float64 [M,M], 0 on the diagonal.

    It is what two members add together beyond what each adds alone, v(S+i+j) - v(S+i) - v(S+j) + v(S), averaged over
    the subsets S of the others like a Shapley value (Grabisch & Roubens 1999, "An axiomatic approach to the concept of
    interaction among players in cooperative games"): below zero where one does what the other does already.
    """
    members = members_of(values)
    found = np.zeros((members, members))
    if members == 1:
        return found
    sizes = _sizes(members - 2)
    chance = np.array([1 / ((members - 1) * comb(members - 2, size)) for size in range(members - 1)])[sizes]
    for j in range(members):
        for i in range(j):
            pair = values.reshape(-1, 2, 1 << j - i - 1, 2, 1 << i)
            beyond = pair[:, 1, :, 1] - pair[:, 1, :, 0] - pair[:, 0, :, 1] + pair[:, 0, :, 0]
            found[i, j] = found[j, i] = float(beyond.ravel() @ chance)
    return found


def restricted(values: Array, at: Sequence[int]) -> Array:
    """Return the values of the subsets of some members alone, numbered by their places in `at`: float64 [2^len(at)]."""
    members = members_of(values)
    if len(set(at)) != len(at) or not all(0 <= i < members for i in at):
        raise ValueError(f"at: expected members 0 to {members - 1}, each once, got {list(at)}")
    numbers = np.zeros(1, np.int64)
    for i in at:
        numbers = np.concatenate([numbers, numbers | 1 << i])
    return values[numbers]


def _sizes(members: int) -> NDArray[np.int64]:
    """Return the size of every subset of some members: int64 [2^members]."""
    return np.bitwise_count(np.arange(1 << members)).astype(np.int64)


def _added(values: Array, member: int) -> Array:
    """Return what a member adds to each subset of the others, in their order: float64 [2^(M-1)]."""
    halves = values.reshape(-1, 2, 1 << member)
    added: Array = (halves[:, 1] - halves[:, 0]).ravel()
    return added


def synergy(values: Array) -> Array:
    """Return what each pair adds together beyond what each adds alone, once somebody else is there: float64 [M,M].

    It is the Shapley interaction index without its term of the empty ensemble, scaled to a mean again.  Against a guess
    any two members say mostly the same, so that term is the larger the better both are, and hides all others.  Of two
    members there is no other term, and the index itself is returned.  Symmetric, 0 on the diagonal.

    values : of all subsets, float64 [2^M], numbered as by `EverySubset`
    """
    members, index = members_of(values), interactions(values)
    if members < 3:
        return index
    one = 1 << np.arange(members)
    alone = values[one]
    first = values[one[:, None] | one[None, :]] - alone[:, None] - alone[None, :] + values[0]
    np.fill_diagonal(first, 0.0)
    found: Array = ((members - 1) * index - first) / (members - 2)
    return found
