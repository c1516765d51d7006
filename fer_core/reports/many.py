"""The report of very many members: their mean probability, from float32 probabilities that are held once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import WEIGHTINGS, Setting, planned, stratified_folds
from fer_core.ensemble.large import Scores, pooled_shares, scores_of_many
from fer_core.ensemble.weightings import Weights, fit_of, normalised
from fer_core.metrics import Mcnemar, mcnemar, wilson

RULE = "mean_probability"
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Told:
    """What many members say: probabilities float32 [M,N,C], labels int64 [N], twins bool [N] by "valid" and "test"."""

    members: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: dict[str, NDArray[np.float32]]
    labels: dict[str, NDArray[np.int64]]
    twins: dict[str, NDArray[np.bool_]]


def told_of(
    members: Sequence[str],
    classes: Sequence[str],
    logits: Sequence[Mapping[str, NDArray[np.float32]]],
    labels: Mapping[str, NDArray[np.int64]],
    twins: Mapping[str, NDArray[np.bool_]] | None = None,
) -> Told:
    """Return what members say from their logits float32 [M,N,C], one group of members after the other."""
    probabilities = {}
    for split, truth in labels.items():
        made = np.empty((len(members), len(truth), len(classes)), np.float32)
        at = 0
        for group in logits:
            for own in group[split]:
                np.exp(own - own.max(axis=1, keepdims=True), out=made[at])
                made[at] /= made[at].sum(axis=1, keepdims=True)
                at += 1
        probabilities[split] = made
    known = {split: np.zeros(len(truth), bool) for split, truth in labels.items()} if twins is None else dict(twins)
    return Told(tuple(members), tuple(classes), probabilities, dict(labels), known)


def report_many(told: Told) -> dict[str, Any]:
    """Return members, every weighting over all of them, and the weighting that is best on the validation rows."""
    right = {split: _right(told, split) for split in told.labels}
    valid = right["valid"].mean(axis=1)
    best = int(valid.argmax())
    ensembles = [
        _ensemble(told, name, right["test"][best], told.members[best])
        for name, entry in WEIGHTINGS.items()
        if entry.fit is not None
    ]
    chosen = max(ensembles, key=_fair)
    best_setting = Setting(told.members, chosen["weighting"], RULE)
    for found in ensembles:
        setting = Setting(told.members, found["weighting"], RULE)
        found["planned"] = planned(setting, everyone=told.members, chosen=best_setting)
    return {
        "rows": {split: len(labels) for split, labels in told.labels.items()},
        "classes": list(told.classes),
        "best_member": told.members[best],
        "members": [_member(told, m, right, best) for m in range(len(told.members))],
        "ensembles": ensembles,
        "chosen": dict(chosen),
    }


def _fair(ensemble: dict[str, Any]) -> float:
    """Return the accuracy that chooses: out of fold, where the weights were fitted."""
    fair = ensemble["valid_out_of_fold"]
    return float(ensemble["valid_accuracy"] if fair is None else fair)


def _right(told: Told, split: str) -> NDArray[np.bool_]:
    found = np.empty(told.probabilities[split].shape[:2], bool)
    for m, own in enumerate(told.probabilities[split]):
        found[m] = own.argmax(axis=1) == told.labels[split]
    return found


def _member(told: Told, m: int, right: Mapping[str, NDArray[np.bool_]], best: int) -> dict[str, Any]:
    one = np.zeros((len(told.members), len(told.classes)))
    one[m] = 1
    labels, alone = told.labels["test"], told.probabilities["test"][m : m + 1]
    scores = scores_of_many(alone, labels, one[m : m + 1])
    return {
        "name": told.members[m],
        "parameters": None,
        "macs": None,
        "views": None,
        "planned": False,
        "valid": {"one_view": None, "full": float(right["valid"][m].mean())},
        "test": {"one_view": None, "full": scores.accuracy},
        **_scores(told, scores, right["test"][m]),
        "gain": float(right["test"][m].mean() - right["test"][best].mean()),
        "mcnemar": None
        if m == best
        else _test(mcnemar(right["test"][m], right["test"][best]), told.members[best], "only_member", "only_best"),
    }


def _ensemble(told: Told, weighting: str, best: NDArray[np.bool_], name: str) -> dict[str, Any]:
    fit = fit_of(weighting)
    given, labels = told.probabilities["valid"], told.labels["valid"]
    weights = fit(given, labels)  # type: ignore[arg-type]  # float32 serves, and half the memory
    valid = scores_of_many(given, labels, weights)
    test = scores_of_many(told.probabilities["test"], told.labels["test"], weights)
    right = test.decision.labels == told.labels["test"]
    return {
        "members": list(told.members),
        "weighting": weighting,
        "combiner": RULE,
        "valid_accuracy": valid.accuracy,
        "valid_out_of_fold": _out_of_fold(told, weighting) if WEIGHTINGS[weighting].fitted else None,
        **_scores(told, test, right),
        "gain": float(right.mean() - best.mean()),
        "mcnemar": _test(mcnemar(right, best), name, "only_ensemble", "only_member"),
    }


def _out_of_fold(told: Told, weighting: str) -> float:
    fit, given, labels = fit_of(weighting), told.probabilities["valid"], told.labels["valid"]
    fold, right = stratified_folds(labels, folds=FOLDS), 0
    for number in range(FOLDS):
        outside, inside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        weights: Weights = normalised(fit(given[:, outside], labels[outside]))  # type: ignore[arg-type]
        decided = pooled_shares(given[:, inside], weights).argmax(axis=1)
        right += int((decided == labels[inside]).sum())
    return right / len(labels)


def _scores(told: Told, scores: Scores, right: NDArray[np.bool_]) -> dict[str, Any]:
    kept = right[~told.twins["test"]]
    correct = int(kept.sum())
    return {
        "images": len(right),
        "accuracy": scores.accuracy,
        "interval": list(scores.interval),
        "without_twins": {
            "images": len(kept),
            "accuracy": correct / len(kept) if len(kept) else None,
            "interval": list(wilson(correct, len(kept))) if len(kept) else None,
        },
        "macro_f1": scores.macro_f1,
        "nll": None if math.isnan(scores.nll) else scores.nll,  # JSON has no NaN
        "brier": scores.brier,
        "ece": scores.ece,
    }


def _test(found: Mcnemar, against: str, first: str, second: str) -> dict[str, Any]:
    return {"against": against, first: found.only_first, second: found.only_second, "p": found.p}
