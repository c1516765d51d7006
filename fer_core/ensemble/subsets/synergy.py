"""Which members of an ensemble replace each other, and which complement each other."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.subsets.contributions import interactions, members_of

Array = NDArray[np.float64]


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
