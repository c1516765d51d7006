"""Members and ensembles with the figures of the page, from artifacts/ alone.

Every figure is a share, a number of nats or a count, as `fer_core.ensemble` gives it; nothing is computed anew here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts, Robustness
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import (
    COMBINERS,
    WEIGHTINGS,
    Explorer,
    Outcome,
    Setting,
    choose,
    out_of_fold_accuracy,
    planned,
    schemes,
)
from fer_core.ensemble.analysis.diversity import correlation, disagreement, double_fault
from fer_core.metrics.crowd import Crowd, Share, label_quality
from fer_core.user_predictions import Extra, Reference


def explorer_of(artifacts: Artifacts, *, view: str = "full", extras: Sequence[Extra] = ()) -> Explorer:
    """Build the explorer of all cached members, of their full augmentation or of one view.

    extras : further members, of the same rows, that stand after them
    """
    parts = {split: artifacts.logits(split, view=view) for split in ("valid", "test")}
    return Explorer(
        [*artifacts.manifest.members, *(name for extra in extras for name in extra.members)],
        {
            split: np.concatenate([part.logits, *(extra.logits[split] for extra in extras)])
            for split, part in parts.items()
        },
        {split: part.labels for split, part in parts.items()},
        {split: artifacts.twin_index(split) >= 0 for split in parts},
    )


def explorer_alone(extra: Extra) -> Explorer:
    """Build the explorer of members whose rows are their own."""
    return Explorer(extra.members, extra.logits, extra.labels, classes=extra.classes)


def ours_of(artifacts: Artifacts, extras: Sequence[Extra] = ()) -> Reference:
    """Return what further members may join; extras : those that have joined already."""
    names = (*artifacts.manifest.members, *(name for extra in extras for name in extra.members))
    return Reference(names, EMOTIONS, {split: artifacts.logits(split).labels for split in ("valid", "test")})


def ensemble_figures(explorer: Explorer, setting: Setting, chosen: Setting) -> dict[str, Any]:
    """Return what is reported of one setting on PrivateTest; shares, not percents.

    chosen : the setting that is best on PublicTest; `planned` tells whether the p-value can be taken as it is
    """
    outcome = explorer.recompute(setting)
    without = explorer.recompute(replace(setting, twins=False))
    valid = explorer.recompute(replace(setting, split="valid"))
    fitted = WEIGHTINGS[setting.weighting].fitted or COMBINERS[setting.combiner].fit is not None
    return {
        "members": list(setting.members),
        "weighting": setting.weighting,
        "combiner": setting.combiner,
        "planned": _planned(explorer, setting, chosen),
        "valid_accuracy": valid.accuracy,
        "valid_out_of_fold": out_of_fold_accuracy(explorer, setting.members, setting.weighting, setting.combiner)
        if fitted
        else None,
        **_scores(outcome, without),
        "gain": outcome.gain,
        "mcnemar": {
            "against": outcome.best_member,
            "only_ensemble": outcome.mcnemar.only_first,
            "only_member": outcome.mcnemar.only_second,
            "p": outcome.mcnemar.p,
        },
        "gain_without_twins": without.gain,
    }


def _planned(explorer: Explorer, setting: Setting, chosen: Setting) -> bool:
    return planned(setting, everyone=explorer.members, chosen=chosen)


def _scores(outcome: Outcome, without: Outcome) -> dict[str, Any]:
    """Return the scores of one decision, `without` being the same without images that have a twin in Training."""
    return {
        "images": outcome.n,
        "accuracy": outcome.accuracy,
        "interval": list(outcome.interval),
        "without_twins": {
            "images": without.n,
            "accuracy": without.accuracy,
            "interval": list(without.interval),
        },
        "macro_f1": outcome.macro_f1,
        "nll": None if math.isnan(outcome.nll) else outcome.nll,  # JSON has no NaN
        "brier": outcome.brier,
        "ece": outcome.ece,
    }


def member_figures(artifacts: Artifacts, explorer: Explorer, name: str, chosen: Setting) -> dict[str, Any]:
    """Return what is reported of one member; shares, not percents; chosen : the setting that is best on PublicTest."""
    card = artifacts.cards[name]
    found = bare_figures(explorer, name, chosen)
    for split in ("valid", "test"):
        found[split]["one_view"] = card.accuracy(split, full=False)
    return found | {
        "parameters": card.parameters,
        "macs": card.macs,
        "views": card.augmentation.get("views"),
        "recipe": dict(card.recipe),
        "seed": card.seed,
        "epochs": card.epochs,
        "best_epoch": card.best_epoch,
        "teachers": _teachers(artifacts, card.teachers),
        "hardware": card.hardware,
        "commit": card.commit,
        "wall_seconds": card.wall_seconds,
    }


def bare_figures(explorer: Explorer, name: str, chosen: Setting) -> dict[str, Any]:
    """Return what is reported of a member of which nothing is known but its predictions."""
    outcome = explorer.recompute(Setting((name,)))
    without = explorer.recompute(Setting((name,), twins=False))
    return {
        "name": name,
        "parameters": None,
        "macs": None,
        "views": None,
        "planned": _planned(explorer, outcome.setting, chosen),
        "valid": {"one_view": None, "full": explorer.valid_accuracy[name]},
        "test": {"one_view": None, "full": outcome.accuracy},
        **_scores(outcome, without),
        "gain": outcome.gain,
        "mcnemar": None
        if name == outcome.best_member
        else {
            "against": outcome.best_member,
            "only_member": outcome.mcnemar.only_first,
            "only_best": outcome.mcnemar.only_second,
            "p": outcome.mcnemar.p,
        },
        "gain_without_twins": without.gain,
    }


def _teachers(artifacts: Artifacts, learned_from: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return whom a member learned from; `current` tells whether those very weights are among the artifacts."""
    now = artifacts.manifest.files
    return [
        {"name": name, "sha256": digest, "current": now.get(f"members/{name}/model.safetensors") == digest}
        for name, digest in sorted(learned_from.items())
    ]


def quality_figures(artifacts: Artifacts, explorer: Explorer, chosen: Setting) -> dict[str, Any] | None:
    """Return how the decisions on PrivateTest agree with the FER+ crowd and, where that agrees, with both labels.

    None where the artifacts hold no votes.
    """
    if not artifacts.has("ferplus.npz"):
        return None
    # Imported here: the pages import this module, and need nothing of the data set.
    from fer_core.dataset.ferplus import plurality

    votes, labels = artifacts.ferplus("test"), explorer.part("test").labels
    crowd = Crowd.of(votes, plurality(votes))

    def shown(share: Share) -> dict[str, Any]:
        bounds = share.interval
        return {
            "correct": share.correct,
            "images": share.images,
            "share": share.value,
            "interval": None if bounds is None else list(bounds),
        }

    def figures(decided: NDArray[np.int64]) -> dict[str, Any]:
        return {key: shown(share) for key, share in vars(label_quality(decided, labels, crowd)).items()}

    equal = Setting(explorer.members)
    return {
        "images": len(labels),
        "with_plurality": int((crowd.plurality >= 0).sum()),
        "agreed": int(crowd.agreed.sum()),
        "agreed_on_an_emotion": int((crowd.agreed & (crowd.plurality >= 0)).sum()),
        "labels": figures(labels),
        "members": {name: figures(explorer.decide(Setting((name,))).labels) for name in explorer.members},
        "equal": figures(explorer.decide(equal).labels),
        "chosen": figures(explorer.decide(replace(chosen, split="test")).labels),
    }


def alike_figures(explorer: Explorer, split: str) -> dict[str, float | None]:
    """Return how equally strong the members are and how alike they err: means over members, and over their pairs.

    None of pairs where there are none, and of correlations where a member is always right or always wrong.
    """
    part, pair = explorer.part(split), np.triu_indices(len(explorer.members), 1)

    def mean(found: NDArray[np.float64]) -> float | None:
        values = found[pair]
        return float(values.mean()) if len(values) and np.isfinite(values).all() else None

    return {
        "mean_accuracy": float(np.mean(part.accuracies)),
        "weakest_accuracy": min(part.accuracies),
        "best_accuracy": max(part.accuracies),
        "error_correlation": mean(correlation(part.right)),
        "disagreement": mean(disagreement(part.right)),
        "double_fault": mean(double_fault(part.right)),
    }


def robustness_of(artifacts: Artifacts, explorer: Explorer, chosen: Setting) -> Robustness | None:
    """Return what damaged images cost members and ensembles as they are now; None where it was not measured."""
    found = artifacts.robustness()
    if found is None:
        return None
    return found.at_present(explorer.members, (chosen.members, chosen.weighting, chosen.combiner))


def robustness_figures(found: Robustness) -> dict[str, Any]:
    """Return what is reported of damaged images; shares, not percents."""
    systems = [
        {
            "name": system.name,
            "accuracy": found.accuracy(system),
            "lost": found.lost(system),
            "mean_lost": float(np.mean(found.lost(system))),
            "sad": found.sad(system),
        }
        for system in found.systems
    ]
    head = {"images": found.images, "damages": list(found.damages), "stale": list(found.stale)}
    return {**head, "systems": systems}


def report(artifacts: Artifacts, advance: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Return all figures: members, every scheme over all members, the chosen ensemble, labels.

    `planned` stands beside every test: the p-value of what was not planned is exploratory.

    The chosen ensemble is subset, weighting and combiner best on PublicTest, out of fold.

    advance : is told of each scheme that is scored
    """
    explorer = explorer_of(artifacts)
    chosen = choose(explorer)
    best = chosen.setting
    damaged = robustness_of(artifacts, explorer, best)
    ensembles = []
    for weighting, combiner in schemes():
        ensembles.append(ensemble_figures(explorer, Setting(explorer.members, weighting, combiner), best))
        advance(1)
    return {
        "fingerprint": artifacts.fingerprint,
        "protocol": artifacts.manifest.protocol,
        "best_member": explorer.best_member,
        "members": [member_figures(artifacts, explorer, name, best) for name in explorer.members],
        "ensembles": ensembles,
        "chosen": ensemble_figures(explorer, replace(best, split="test"), best),
        "label_quality": quality_figures(artifacts, explorer, best),
        "alike": {split: alike_figures(explorer, split) for split in ("valid", "test")},
        "robustness": None if damaged is None else robustness_figures(damaged),
        "scorings": [
            {"date": s.date, "commit": s.commit, "members": list(s.members)} for s in artifacts.manifest.scorings
        ],
    }
