"""Taking finished training runs into artifacts/: checked, merged and scored, all or nothing."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core import artifacts as store
from fer_core.artifacts import Artifacts, Manifest, Scoring, npz
from fer_core.artifacts.card import CARD, HISTORY, WEIGHTS, seeds_file
from fer_core.calibration import calibration_files, kept_one_view
from fer_core.dataset import FERPLUS_COLUMNS, Dataset, signatures, twins
from fer_core.emotions import EMOTIONS, SPLITS, USAGES
from fer_core.ensemble.analysis.decomposition import families
from fer_core.errors import RunError
from fer_core.models import MODELS
from fer_core.training.finished import Run, find_runs, read_run
from fer_core.training.machine import commit


def derived_files(dataset: Dataset) -> dict[str, bytes]:
    """Return what the artifacts keep of the data set itself: signatures, twins, votes, mean faces; no image."""
    parts = {name: dataset.split(name) for name in SPLITS}
    for name, part in parts.items():
        if not np.array_equal(part.rows, np.arange(len(part.rows))):
            raise RunError(f"the {USAGES[name]} images are not all in the order of fer2013.csv; give the CSV form.")
    rows: dict[str, NDArray[Any]] = {name: signatures(part.images) for name, part in parts.items()}
    rows |= {f"{name}_labels": part.labels for name, part in parts.items()}
    train = parts["train"]
    files = {
        "rows.npz": npz(rows),
        "twins.npz": npz({f"{name}_twin": twins(train.images, parts[name].images) for name in SPLITS[1:]}),
    }
    groups = [train.images[train.labels == code] for code in range(len(EMOTIONS))] + [train.images]
    faces = np.stack([np.rint(group.mean(axis=0)).astype(np.uint8) for group in groups])
    files["mean_faces.npz"] = npz({"faces": faces, "names": np.array([*EMOTIONS, "all"])})
    if parts["valid"].votes is not None and parts["test"].votes is not None:
        votes: dict[str, NDArray[Any]] = {"valid": parts["valid"].votes, "test": parts["test"].votes}
        files["ferplus.npz"] = npz(votes | {"columns": np.array(FERPLUS_COLUMNS)})
    return files


def _order(names: set[str]) -> tuple[str, ...]:
    """Return members in the order of the registry, others after by name."""
    known = list(MODELS)
    return tuple(sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name)))


def _stacked(
    split: str,
    names: tuple[str, ...],
    runs: Mapping[str, Run],
    labels: NDArray[np.int64],
    kept: Mapping[str, NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Stack the logits of one split, float32 [M,N,7]: new runs replace what is kept under the same name."""
    for run in runs.values():
        if not np.array_equal(run.arrays[f"{split}_labels"], labels):
            raise RunError(f"{run.where} has other labels of the split {split} than the rest.")
    return np.stack([runs[name].arrays[f"{split}_full"] if name in runs else kept[name] for name in names])


def _merged(
    split: str, members: tuple[str, ...], runs: Mapping[str, Run], before: Artifacts | None
) -> dict[str, NDArray[Any]]:
    """Return the arrays of the cached logits of one split: new runs replace members of the same name."""
    cached = before.logits(split) if before is not None else None
    labels = cached.labels if cached is not None else next(iter(runs.values())).arrays[f"{split}_labels"]
    kept = dict(zip(cached.members, cached.logits, strict=True)) if cached is not None else {}
    return {"logits": _stacked(split, members, runs, labels, kept), "labels": labels, "members": np.array(members)}


def _calibrated(
    members: tuple[str, ...],
    runs: Mapping[str, Run],
    before: Artifacts | None,
    merged: Mapping[str, Mapping[str, NDArray[Any]]],
) -> dict[str, bytes]:
    """Return what follows from all weights together; nothing where a member's logits of one view are not known."""
    kept = kept_one_view(before) if before is not None else {}
    known = {name: {split: run.arrays[f"{split}_one_view"] for split in merged} for name, run in runs.items()}
    known = kept | known
    if not all(name in known for name in members):
        return {}
    digests = dict(zip(before.manifest.members, before.weights(), strict=True)) if before is not None else {}
    digests |= {name: hashlib.sha256(run.files[WEIGHTS]).hexdigest() for name, run in runs.items()}
    logits = {
        "full": {split: arrays["logits"] for split, arrays in merged.items()},
        "one_view": {split: np.stack([known[name][split] for name in members]) for split in merged},
    }
    labels = {split: arrays["labels"] for split, arrays in merged.items()}
    return calibration_files(logits, labels, {name: digests[name] for name in members})


def _read_runs(folder: Path) -> dict[str, Run]:
    """Return all finished runs below a folder by the names of their members; raises RunError for a name met twice."""
    runs: dict[str, Run] = {}
    for run in map(read_run, find_runs(folder)):
        if run.card.name in runs:
            raise RunError(f"{runs[run.card.name].where} and {run.where} both hold {run.card.name}; leave one of them.")
        runs[run.card.name] = run
    return runs


def collect_seeds(folder: Path, root: Path) -> tuple[Run, ...]:
    """Take finished runs that differ in their seed alone into the artifacts, outside the roster; log their scoring.

    Raises RunError for runs that differ in more than the seed, and what `collect` raises; then nothing has changed.
    """
    runs = _read_runs(folder)
    taken = tuple(sorted(runs))
    scoring = Scoring(datetime.now(UTC).date().isoformat(), commit(), taken)

    def build(staging: Path) -> Manifest:
        before = store.checked_tree(staging)
        if before is None:
            raise RunError(f"{root} holds no members yet, beside which seeds could stand; collect those first.")
        if both := [name for name in taken if name in before.manifest.members]:
            raise RunError(f"{both[0]} is a member of the roster; train seeds under names of their own, with --as.")
        kept = before.seeds
        cards = dict(kept.cards if kept else {}) | {name: run.card for name, run in runs.items()}
        if len(families(cards, least=1)) > 1 or len({card.seed for card in cards.values()}) < len(cards):
            raise RunError(f"{', '.join(cards)} differ in more than the seed, or two have the same.")
        names = tuple(sorted(cards))
        files: dict[str, bytes] = {}
        for split in SPLITS[1:]:
            there = dict(zip(kept.names, kept.logits[split], strict=True)) if kept else {}
            logits = _stacked(split, names, runs, before.logits(split).labels, there)
            files[seeds_file(split)] = npz({"logits": logits, "members": np.array(names)})
        for name, run in runs.items():
            files |= {f"seeds/{name}/{file}": run.files[file] for file in (WEIGHTS, HISTORY)}
            files[f"seeds/{name}/{CARD}"] = run.card.to_json().encode()
        store.write_files(staging, files)
        return Manifest(before.manifest.members, EMOTIONS, scorings=(*before.manifest.scorings, scoring))

    store.replace(root, build)
    return tuple(runs[name] for name in taken)


def collect(folder: Path, root: Path, dataset: Callable[[], Dataset]) -> tuple[Run, ...]:
    """Take all finished runs below `folder` into the artifacts at `root`, score PrivateTest and log the scoring.

    dataset : called for what comes from the images alone, if there are no artifacts yet; it must not open `root`
    Raises RunError or an ArtifactError naming the run or the file; then nothing has changed.
    """
    runs = _read_runs(folder)
    taken = _order(set(runs))
    scoring = Scoring(datetime.now(UTC).date().isoformat(), commit(), taken)

    def build(staging: Path) -> Manifest:
        """Edit the copy of the present tree; under the lock, so that two collections lose nothing of each other."""
        before = store.checked_tree(staging)
        members = _order(set(runs) | set(before.manifest.members if before else ()))
        merged = {split: _merged(split, members, runs, before) for split in SPLITS[1:]}
        files = {store.logits_file(split): npz(arrays) for split, arrays in merged.items()}
        if before is None:
            source = dataset()
            for split in SPLITS[1:]:
                if not np.array_equal(source.split(split).labels, next(iter(runs.values())).arrays[f"{split}_labels"]):
                    raise RunError(f"the data set has other labels of {USAGES[split]} than the runs were trained with.")
            files |= derived_files(source)
        for name, run in runs.items():
            files |= {f"members/{name}/{file}": run.files[file] for file in (WEIGHTS, HISTORY)}
            files[f"members/{name}/{CARD}"] = run.card.to_json().encode()
        files |= _calibrated(members, runs, before, merged)
        store.write_files(staging, files)
        return Manifest(members, EMOTIONS, scorings=(*(before.manifest.scorings if before else ()), scoring))

    store.replace(root, build)
    return tuple(runs[name] for name in taken)
