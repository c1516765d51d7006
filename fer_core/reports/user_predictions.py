"""The report with members of a user's own: beside those of the artifacts, or alone."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.emotions import SCORED
from fer_core.ensemble import Explorer, Setting, choose, scheme_name, schemes
from fer_core.ensemble.schemes import paced
from fer_core.reports.many import Told, report_many, told_of
from fer_core.reports.summary import bare_figures, ensemble_figures, explorer_alone, explorer_of, member_figures
from fer_core.user_predictions import Extra

FEW = 24
"""Most members of which every scheme is reported; of more, it is the mean probability under each weighting."""
ALONE = {"valid": "Validation", "test": "Test"}
"""What the splits of rows of a user's own are called."""


def silent(words: str) -> None:
    """Tell nobody how far it is."""


def report_extra(
    artifacts: Artifacts, extras: Sequence[Extra], *, tell: Callable[[str], None] = silent
) -> dict[str, Any]:
    """Return members and ensembles as `report` does, of all that join the artifacts' members or of one file alone.

    splits : what they are called; files : name, SHA-256, members and remarks of each file; rows of each split
    left_out : schemes that would take minutes with so many classes; tell : is told what is being done
    """
    alone = next((extra for extra in extras if not extra.joins), None)
    if alone is not None and len(extras) > 1:
        raise ValueError("extras: expected files that join, or one alone")
    members = sum(len(extra.members) for extra in extras) + (0 if alone else len(artifacts.manifest.members))
    if members > FEW:
        tell("Scoring the mean probability under each weighting")
        found = report_many(_told(artifacts, extras, alone))
    else:
        explorer = explorer_alone(alone) if alone else explorer_of(artifacts, extras=extras)
        found = _of_few(artifacts, explorer, tell, alone=alone is not None)
    about = {
        "fingerprint": artifacts.fingerprint,
        "alone": alone is not None,
        "splits": ALONE if alone else dict(SCORED),
        "files": [
            {"file": e.file, "sha256": e.sha256, "members": list(e.members), "remarks": list(e.remarks)} for e in extras
        ],
    }
    return about | found


def _of_few(artifacts: Artifacts, explorer: Explorer, tell: Callable[[str], None], *, alone: bool) -> dict[str, Any]:
    rows, classes = explorer.part("valid").logs.shape[1:]
    kinds = paced(rows, len(explorer.members), classes)

    def scored() -> Iterator[tuple[str, str]]:
        pairs = [pair for pair in schemes() if pair not in kinds.too_slow]
        for number, pair in enumerate(pairs, 1):
            tell(f"Scoring {scheme_name(*pair)}, {number} of {len(pairs)} schemes")
            yield pair

    tell("Choosing members and weights")
    chosen = choose(explorer).setting
    known = () if alone else artifacts.manifest.members
    best = Setting(chosen.members, chosen.weighting, chosen.combiner)
    return {
        "rows": {split: len(explorer.part(split).labels) for split in SCORED},
        "classes": list(explorer.classes),
        "best_member": explorer.best_member,
        "members": [
            member_figures(artifacts, explorer, name, best) if name in known else bare_figures(explorer, name, best)
            for name in explorer.members
        ],
        "ensembles": [ensemble_figures(explorer, Setting(explorer.members, *pair), best) for pair in scored()],
        "left_out": [scheme_name(*pair) for pair in kinds.too_slow],
        "chosen": ensemble_figures(explorer, best, best),
    }


def _told(artifacts: Artifacts, extras: Sequence[Extra], alone: Extra | None) -> Told:
    if alone:
        return told_of(alone.members, alone.classes, [alone.logits], alone.labels)
    cached = {split: artifacts.logits(split) for split in SCORED}
    logits = [{split: part.logits for split, part in cached.items()}, *(extra.logits for extra in extras)]
    members = (*artifacts.manifest.members, *(name for extra in extras for name in extra.members))
    twins = {split: artifacts.twin_index(split) >= 0 for split in SCORED}
    labels = {split: part.labels for split, part in cached.items()}
    return told_of(members, artifacts.manifest.classes, logits, labels, twins)
