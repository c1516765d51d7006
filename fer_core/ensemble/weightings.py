"""How much each member counts for each class.

A weighting is fitted on PublicTest alone and gives weights float64 [M,C], of any positive scale: a combiner normalises
them over the members of each class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

GAP, ROUNDS = 1e-4, 5000
"""How far, in nats, the likelihood may be from the best there is, and most rounds to get there."""
LEAST = 1e-4
"""A weight below this is one that was still on its way to zero."""
TAKEN = 30
"""Members that greedy selection takes."""


def simplex_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weights, all classes alike, with which the mean probability of the true class is most likely: [M,C].

    They are not negative and sum to one.  Each round of expectation maximisation for mixture weights (Cover 1984)
    multiplies a weight by the mean ratio of its member's probability to the mixture's; the largest ratio bounds how
    much likelihood is still to gain.
    """
    members, images, classes = probabilities.shape
    own = probabilities[:, np.arange(images), labels]
    own = np.maximum(own, np.finfo(own.dtype).tiny)  # all members may give a true class nothing, in float32 above all
    weights = np.full(members, 1 / members)
    for _ in range(ROUNDS):
        ratios = (own / (weights @ own)).mean(axis=1)
        if ratios.max() - 1 < GAP:
            break
        weights *= ratios
    weights[weights < LEAST] = 0
    return np.repeat((weights / weights.sum())[:, None], classes, axis=1)


def caruana_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often greedy selection takes each member: [M,C] (Caruana et al. 2004, "Ensemble selection").

    Each step takes once more the member with which the mean probability is right most often, the first of those that
    tie.
    """
    members, _, classes = probabilities.shape
    counts, total = np.zeros(members), np.zeros(probabilities.shape[1:])
    tried = np.empty_like(total)
    for _ in range(TAKEN):
        right = [int((np.add(total, own, out=tried).argmax(axis=1) == labels).sum()) for own in probabilities]
        best = int(np.argmax(right))
        counts[best] += 1
        total += probabilities[best]
    return np.repeat(counts[:, None], classes, axis=1)


Entry = TypeVar("Entry")
Weights = NDArray[np.float64]
Fit = Callable[[NDArray[np.float64], NDArray[np.int64]], Weights]


LARGEST_WEIGHT = 2.0
"""The most that a person can set a member's weight to; the least is zero."""


@dataclass(frozen=True)
class Weighting:
    """One way to weigh members.

    title : what a person reads; formula : LaTeX; description : one sentence
    fit : probabilities float64 [M,N,C] and labels int64 [N] of PublicTest -> weights float64 [M,C]; None where a person
        sets the weights
    fitted : whether the weights depend on the labels of PublicTest, so that its own accuracy flatters
    joint : whether a member's weight depends on which others are on, so that it is fitted for each choice of members
    """

    title: str
    formula: str
    description: str
    source: str
    fit: Fit | None
    fitted: bool = True
    joint: bool = False


def equal_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Weights:
    """Return ones."""
    members, _, classes = probabilities.shape
    return np.ones((members, classes))


NEVER = 1e-12
"""The weight of a member that is never right: none beside others, but members that are all so count the same.

It is less than what decides a tie of votes, 1e-9.
"""


def accuracy_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Weights:
    """Return each member's accuracy, the same for every class; `NEVER` for one that is never right."""
    members, _, classes = probabilities.shape
    right = np.maximum((probabilities.argmax(axis=2) == labels).mean(axis=1), NEVER)
    return np.repeat(right[:, None], classes, axis=1).reshape(members, classes)


def log_odds_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Weights:
    """Return log((K-1) p / (1-p)) of each member's accuracy p, the same for every class of K (Zhu et al. 2009, SAMME).

    It is the weight of a vote among members that err independently and at random.  p is kept from chance and from
    certainty, so that no weight is zero or infinite.
    """
    classes = probabilities.shape[2]
    right = np.clip(accuracy_weights(probabilities, labels), 1 / classes + CLIP, 1 - CLIP)
    odds: Weights = np.log((classes - 1) * right / (1 - right))
    return odds


CLIP = 1e-3
"""How near to chance or to certainty an accuracy may come before its odds are taken."""


def class_confidence(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean probability that a member gives to class c over the images whose label is c: float64 [M,C].

    NaN for a class that no image has.
    """
    members, _, classes = probabilities.shape
    confidence = np.full((members, classes), np.nan)
    for c in np.unique(labels):
        confidence[:, c] = probabilities[:, labels == c, c].mean(axis=1)
    return confidence


def categorical_weights(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Weights:
    """Return each member's confidence in each class, at least `NEVER`; equal weights for a class that no image has."""
    confidence = class_confidence(probabilities, labels)
    return np.where(np.isnan(confidence), 1.0, np.maximum(confidence, NEVER))


WEIGHTINGS: dict[str, Weighting] = {
    "equal": Weighting(
        "Equal", r"w_{m,c} = 1", "Every member has equal weight.", "simple average", equal_weights, fitted=False
    ),
    "accuracy": Weighting(
        "Overall accuracy",
        r"w_{m,c} = \mathrm{acc}_m",
        "A member counts by its accuracy on PublicTest.",
        "the slides",
        accuracy_weights,
    ),
    "categorical": Weighting(
        "Categorical confidence",
        r"w_{m,c} = \frac{1}{|N_c|}\sum_{n \in N_c} p_m(c \mid x_n)",
        "For each emotion, a member counts by the mean probability that it gives that emotion on PublicTest images "
        "that show it.",
        "the slides",
        categorical_weights,
    ),
    "log_odds": Weighting(
        "Log-odds",
        r"w_{m,c} = \log \frac{(K-1)\,\mathrm{acc}_m}{1 - \mathrm{acc}_m}",
        "A member counts by the logarithm of its odds of being right on PublicTest, against guessing.",
        "Zhu et al. 2009",
        log_odds_weights,
    ),
    "simplex": Weighting(
        "Likelihood",
        r"w = \operatorname{argmax}_{w \ge 0,\, \sum w = 1} \sum_n \log \sum_m w_m\, p_m(y_n \mid x_n)",
        "The weights under which the mean probability makes PublicTest's labels most likely.",
        "stacked densities, Smyth & Wolpert 1999",
        simplex_weights,
        joint=True,
    ),
    "caruana": Weighting(
        "Greedy selection",
        r"w_{m,c} = \#\{\text{times } m \text{ was taken}\}",
        f"A member counts as often as greedy selection takes it, {TAKEN} times the one that helps most on PublicTest.",
        "Caruana et al. 2004",
        caruana_weights,
        joint=True,
    ),
    "manual": Weighting("Manual", r"w_{m,c} = v_m", "You set the weight of each member.", "you", None, fitted=False),
}
"""Every weighting by the name that links, cards and the command line use."""


def known(registry: Mapping[str, Entry], what: str, name: str) -> Entry:
    """Return a registry's entry; raises ValueError, naming the argument, for a name that it has not."""
    if name not in registry:
        raise ValueError(f"{what}: expected one of {', '.join(registry)}, got {name!r}")
    return registry[name]


def fit_of(weighting: str) -> Fit:
    """Return how a weighting is fitted; raises ValueError for an unknown one and for weights that a person sets."""
    fit = known(WEIGHTINGS, "weighting", weighting).fit
    if fit is None:
        raise ValueError(f"weighting: expected one that is fitted, got {weighting!r}")
    return fit


def normalised(weights: Weights) -> Weights:
    """Return weights float64 [M,C] that sum to one over the members of each class.

    Parameters
    ----------
    weights
        Of any positive scale, float64 [M,C].

    Returns
    -------
    float64 [M,C]
        The same, each column summing to one.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or a class has no weight at all.

    Examples
    --------
    >>> import numpy as np
    >>> normalised(np.array([[1.0, 3.0], [3.0, 1.0]])).tolist()
    [[0.25, 0.75], [0.75, 0.25]]
    """
    if weights.ndim != 2 or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("weights: expected finite numbers [M,C], none below zero")
    most = weights.max(axis=0, initial=0.0)
    if (most <= 0).any():
        raise ValueError("weights: expected some weight for every class, got a class with none")
    scaled = weights / most  # so that no sum overflows
    shares: Weights = scaled / scaled.sum(axis=0)
    return shares


def confidence_order(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank the classes for each member by its confidence in them, most confident first: int64 [M,C].

    Confidence in class c is the mean probability of c over the images whose label is c; a class that no image has comes
    last.  The slides' "differences in the order of most confident classes": where two members differ, each may cover
    what the other misses.

    Parameters
    ----------
    probabilities
        Of M members for N images, float64 [M,N,C].
    labels
        The true class of each image, int64 [N].

    Returns
    -------
    int64 [M,C]
        Class numbers.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities = np.array([[[0.9, 0.1], [0.4, 0.6]], [[0.7, 0.3], [0.2, 0.8]]])
    >>> confidence_order(probabilities, np.array([0, 1])).tolist()
    [[0, 1], [1, 0]]
    """
    return np.argsort(-class_confidence(probabilities, labels), axis=1, kind="stable")  # NaN sorts last
