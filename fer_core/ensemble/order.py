"""The order in which members are sure of the classes."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.weightings import categorical_weights


def confidence_order(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank the classes for each member by its categorical confidence, most confident first: int64 [M,C].

    probabilities : float64 [M,N,C]; labels : int64 [N].  The slides' "differences in the order of most confident
    classes": where two members differ, each may cover what the other misses.
    """
    return np.argsort(-categorical_weights(probabilities, labels), axis=1, kind="stable")
