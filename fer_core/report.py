"""Members and ensembles with the figures of the page, from artifacts/ alone.

Every figure is a share, a number of nats or a count, as `fer_core.ensemble` gives it; nothing is computed anew here.
"""

import math
from dataclasses import replace
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Outcome, Setting, choose, out_of_fold_accuracy


def explorer_of(artifacts: Artifacts) -> Explorer:
    """Build the explorer of all cached members."""
    parts = {split: artifacts.logits(split) for split in ("valid", "test")}
    return Explorer(
        artifacts.manifest.members,
        {split: part.logits for split, part in parts.items()},
        {split: part.labels for split, part in parts.items()},
        {split: artifacts.twin_index(split) >= 0 for split in parts},
    )


def ensemble_figures(explorer: Explorer, setting: Setting) -> dict[str, Any]:
    """Return what is reported of one setting on PrivateTest; shares, not percents."""
    outcome = explorer.recompute(setting)
    without = explorer.recompute(replace(setting, twins=False))
    valid = explorer.recompute(replace(setting, split="valid"))
    fitted = WEIGHTINGS[setting.weighting].fitted
    return {
        "members": list(setting.members),
        "weighting": setting.weighting,
        "combiner": setting.combiner,
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


def member_figures(artifacts: Artifacts, explorer: Explorer, name: str) -> dict[str, Any]:
    """Return what is reported of one member; shares, not percents."""
    card = artifacts.cards[name]
    outcome = explorer.recompute(Setting((name,)))
    without = explorer.recompute(Setting((name,), twins=False))
    return {
        "name": name,
        "parameters": card.parameters,
        "macs": card.macs,
        "views": card.augmentation.get("views"),
        "valid": {"one_view": card.accuracy("valid", full=False), "full": explorer.valid_accuracy[name]},
        "test": {"one_view": card.accuracy("test", full=False), "full": outcome.accuracy},
        **_scores(outcome, without),
        "recipe": dict(card.recipe),
        "seed": card.seed,
        "epochs": card.epochs,
        "hardware": card.hardware,
        "commit": card.commit,
        "wall_seconds": card.wall_seconds,
    }


def report(artifacts: Artifacts) -> dict[str, Any]:
    """Return all figures: members, every weighting with every combiner over all members, the chosen ensemble.

    The chosen ensemble is subset, weighting and combiner best on PublicTest.
    """
    explorer = explorer_of(artifacts)
    fits = [name for name, weighting in WEIGHTINGS.items() if weighting.fit is not None]
    chosen = choose(explorer)
    best = chosen.setting
    return {
        "fingerprint": artifacts.fingerprint,
        "protocol": artifacts.manifest.protocol,
        "best_member": explorer.best_member,
        "members": [member_figures(artifacts, explorer, name) for name in explorer.members],
        "ensembles": [
            ensemble_figures(explorer, Setting(explorer.members, weighting, combiner))
            for weighting in fits
            for combiner in COMBINERS
        ],
        "chosen": ensemble_figures(explorer, replace(best, split="test")),
        "scorings": [
            {"date": s.date, "commit": s.commit, "members": list(s.members)} for s in artifacts.manifest.scorings
        ],
    }
