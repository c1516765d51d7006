"""The order in which members are sure of the classes."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.weightings import class_confidence


def confidence_order(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank the classes for each member by its confidence in them, most confident first: int64 [M,C].

    probabilities : float64 [M,N,C]; labels : int64 [N].  Confidence in class c is the mean probability of c over the
    images whose label is c; a class that no image has comes last.  The slides' "differences in the order of most
    confident classes": where two members differ, each may cover what the other misses.
    """
    return np.argsort(-class_confidence(probabilities, labels), axis=1, kind="stable")  # NaN sorts last
