"""The report with members of a user's own: beside those of the artifacts, or alone."""

from collections.abc import Sequence
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.ensemble import Explorer, Setting, choose, schemes
from fer_core.extra import Extra
from fer_core.extra.types import PARTS
from fer_core.report import bare_figures, ensemble_figures, explorer_alone, explorer_of, member_figures
from fer_core.report_many import Told, report_many, told_of

FEW = 24
"""Most members of which every scheme is reported; of more, it is the mean probability under each weighting."""
ALONE = {"valid": "Validation", "test": "Test"}
"""What the splits of rows of a user's own are called."""


def report_extra(artifacts: Artifacts, extras: Sequence[Extra]) -> dict[str, Any]:
    """Return members and ensembles as `report` does, of all that join the artifacts' members or of one file alone.

    splits : what they are called; files : name, SHA-256, members and remarks of each file; rows of each split
    """
    alone = next((extra for extra in extras if not extra.joins), None)
    if alone is not None and len(extras) > 1:
        raise ValueError("extras: expected files that join, or one alone")
    members = sum(len(extra.members) for extra in extras) + (0 if alone else len(artifacts.manifest.members))
    if members > FEW:
        found = report_many(_told(artifacts, extras, alone))
    else:
        explorer = explorer_alone(alone) if alone else explorer_of(artifacts, extras=extras)
        found = _of_few(artifacts, explorer, alone=alone is not None)
    about = {
        "fingerprint": artifacts.fingerprint,
        "alone": alone is not None,
        "splits": ALONE if alone else dict(PARTS),
        "files": [
            {"file": e.file, "sha256": e.sha256, "members": list(e.members), "remarks": list(e.remarks)} for e in extras
        ],
    }
    return about | found


def _of_few(artifacts: Artifacts, explorer: Explorer, *, alone: bool) -> dict[str, Any]:
    chosen = choose(explorer).setting
    known = () if alone else artifacts.manifest.members
    best = Setting(chosen.members, chosen.weighting, chosen.combiner)
    return {
        "rows": {split: len(explorer.part(split).labels) for split in PARTS},
        "classes": list(explorer.classes),
        "best_member": explorer.best_member,
        "members": [
            member_figures(artifacts, explorer, name) if name in known else bare_figures(explorer, name)
            for name in explorer.members
        ],
        "ensembles": [ensemble_figures(explorer, Setting(explorer.members, *pair)) for pair in schemes()],
        "chosen": ensemble_figures(explorer, best),
    }


def _told(artifacts: Artifacts, extras: Sequence[Extra], alone: Extra | None) -> Told:
    if alone:
        return told_of(alone.members, alone.classes, [alone.logits], alone.labels)
    cached = {split: artifacts.logits(split) for split in PARTS}
    logits = [{split: part.logits for split, part in cached.items()}, *(extra.logits for extra in extras)]
    members = (*artifacts.manifest.members, *(name for extra in extras for name in extra.members))
    twins = {split: artifacts.twin_index(split) >= 0 for split in PARTS}
    labels = {split: part.labels for split, part in cached.items()}
    return told_of(members, artifacts.manifest.classes, logits, labels, twins)
