"""Combiners that learn nothing: opinion pools, means and middles of what members say, votes, and Dempster's rule."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, weighted_sum
from fer_core.ensemble.weightings import Weights

Array = NDArray[np.float64]


def mean_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average probabilities (linear opinion pool); each row is renormalised."""
    pooled = weighted_sum(outputs.probabilities, weights)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


def mean_log_probability(outputs: Outputs, weights: Weights) -> Decision:
    """Average log-probabilities (logarithmic opinion pool); each row is renormalised."""
    pooled = weighted_sum(outputs.logs, weights)
    pooled -= pooled.max(axis=1, keepdims=True)
    np.exp(pooled, out=pooled)
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


EQUAL = 1e-9
"""Weights on both sides of the middle that differ by less are the same but for rounding."""


def median(outputs: Outputs, weights: Weights) -> Decision:
    """Take for each class the weighted median of its probabilities; each row is renormalised.

    The median is where half of the weight lies on either side, and the mean of two values where they share the middle
    (Kittler et al. 1998, "On combining classifiers").
    """
    values = np.stack(outputs.probabilities)
    order = values.argsort(axis=0)
    values = np.take_along_axis(values, order, axis=0)
    below = np.take_along_axis(np.broadcast_to(weights[:, None], values.shape), order, axis=0).cumsum(axis=0)
    last = len(values) - 1
    low = np.minimum((below < 0.5 - EQUAL).sum(axis=0), last)
    high = np.minimum((below <= 0.5 + EQUAL).sum(axis=0), last)
    middle = [np.take_along_axis(values, at[None], axis=0)[0] for at in (low, high)]
    return _renormalised((middle[0] + middle[1]) / 2)


def trimmed_mean(outputs: Outputs, weights: Weights) -> Decision:
    """Average each class's probabilities without the lowest and the highest; each row is renormalised.

    Members without weight for a class do not count, and with fewer than three nothing is left out (Tukey's trimmed
    mean; Kittler et al. 1998).
    """
    values, counting = np.stack(outputs.probabilities), (weights > 0)[:, None]
    kept = np.ones(values.shape)
    for extreme in (np.where(counting, values, np.inf).min(axis=0), np.where(counting, values, -np.inf).max(axis=0)):
        there = (values == extreme) & counting
        kept -= there / there.sum(axis=0)  # of several that tie, each loses its part
    kept = np.where(counting.sum(axis=0) > 2, kept, 1) * weights[:, None]
    return _renormalised((kept * values).sum(axis=0) / kept.sum(axis=0))


def _renormalised(pooled: NDArray[np.float64]) -> Decision:
    pooled /= pooled.sum(axis=1, keepdims=True)
    return Decision(pooled.argmax(axis=1), pooled)


BELIEVED = 0.9
"""How far the member of most weight is believed; others less, in proportion."""


def dempster_shafer(outputs: Outputs, weights: Weights) -> Decision:
    """Combine members as evidence: what a member is not believed counts for any class alike.

    Member m, believed r_m, gives the mass r_m p_m(c) to each class c and 1 - r_m to "any of them".  Dempster's rule
    multiplies masses and renormalises; what is left on "any of them" is shared out equally (Shafer 1976, "A
    mathematical theory of evidence"; pignistic probabilities, Smets & Kennes 1994).
    """
    believed = BELIEVED * (weights / weights.max(axis=0)).mean(axis=1)
    images, classes = outputs.logs[0].shape
    agreed, ignorance = np.zeros((images, classes)), float(np.log1p(-believed).sum())
    for trust, probabilities in zip(believed, outputs.probabilities, strict=True):
        agreed += np.log(trust * probabilities + (1 - trust))
    most = agreed.max(axis=1, keepdims=True)
    shares = np.exp(agreed - most) - (1 - 1 / classes) * np.exp(ignorance - most)
    shares /= shares.sum(axis=1, keepdims=True)
    return Decision(shares.argmax(axis=1), shares)


def hard_vote(outputs: Outputs, weights: Weights) -> Decision:
    """Let each member vote for its first class with its weight for that class; ties go by mean probability.

    Shares are shares of the vote; where no vote has any weight they are the mean probabilities.
    """
    images, classes = outputs.logs[0].shape
    votes, at = np.zeros((images, classes)), np.arange(images)
    for first, weight in zip(outputs.firsts, weights, strict=True):
        votes[at, first] += weight[first]
    return _most_points(votes, outputs, weights)


def borda(outputs: Outputs, weights: Weights) -> Decision:
    """Let each member give a class as many points as it ranks classes below it; ties go by mean probability.

    Shares are shares of all points (Borda 1781; Ho, Hull & Srihari 1994, "Decision combination in multiple classifier
    systems").
    """
    return _most_points(weighted_sum([points(logs) for logs in outputs.logs], weights), outputs, weights)


def points(logs: Array) -> Array:
    """Return for each class how many others lie below it, a tie counting half, for values [N,C]: float64 [N,C]."""
    order = logs.argsort(axis=1)
    rising = np.take_along_axis(logs, order, axis=1)
    # Values that tie take the mean of the places from the first to the last of them.
    place, other = np.arange(logs.shape[1]), rising[:, 1:] != rising[:, :-1]
    first, last = np.zeros(logs.shape, np.int64), np.full(logs.shape, logs.shape[1] - 1)
    np.maximum.accumulate(np.where(other, place[1:], 0), axis=1, out=first[:, 1:])
    last[:, :-1] = np.minimum.accumulate(np.where(other, place[:-1], place[-1])[:, ::-1], axis=1)[:, ::-1]
    found = np.empty(logs.shape)
    np.put_along_axis(found, order, (first + last) / 2, axis=1)
    return found


def _most_points(votes: Array, outputs: Outputs, weights: Weights) -> Decision:
    """Decide by points float64 [N,C], which may be written over."""
    totals, most = votes.sum(axis=1, keepdims=True), votes.max(axis=1, keepdims=True)
    # Sums of the same weights in another order differ by rounding, which must not decide a tie.
    tied = votes >= most * (1 - 1e-9)
    labels = votes.argmax(axis=1)
    votes /= np.where(totals > 0, totals, 1)
    open_ = np.flatnonzero(tied.sum(axis=1) > 1)
    if len(open_):
        pooled = weighted_sum([member[open_] for member in outputs.probabilities], weights)
        labels[open_] = np.where(tied[open_], pooled, -1.0).argmax(axis=1)
        silent = totals[open_, 0] == 0
        votes[open_[silent]] = pooled[silent] / pooled[silent].sum(axis=1, keepdims=True)
    return Decision(labels, votes)
