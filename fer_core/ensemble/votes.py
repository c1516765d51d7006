"""Votes: members give points to classes, and the class with most of them wins."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, weighted_sum
from fer_core.ensemble.weightings import Weights

Array = NDArray[np.float64]


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
