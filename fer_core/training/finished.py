"""Finished runs, as folders and as archives of one file, read and checked before anything is done with them."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.artifacts import Card
from fer_core.artifacts.card import CARD, HISTORY, WEIGHTS, read_history
from fer_core.atomic import write_atomically
from fer_core.emotions import EMOTIONS, SPLITS, USAGES
from fer_core.errors import ArtifactDamaged, RunError
from fer_core.inference import unpack_member
from fer_core.models import MODELS, Member, nearest
from fer_core.models.structure import structure
from fer_core.training.checkpoint import LOGITS

FILES = (CARD, WEIGHTS, HISTORY, LOGITS)
LARGEST = 64 << 20
"""Bytes that no file of a run reaches, so that an archive cannot fill the memory."""


@dataclass(frozen=True)
class Run:
    """A finished run: where it was found, its files, its card with PrivateTest scored, and its arrays."""

    where: Path
    files: Mapping[str, bytes]
    card: Card
    arrays: Mapping[str, NDArray[Any]]


def pack_run(folder: Path, archive: Path) -> None:
    """Write the files of a finished run into one zip, whole or not at all."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name in FILES:
            file.writestr(f"{folder.name}/{name}", (folder / name).read_bytes())
    write_atomically(archive, content.getvalue())


def find_runs(folder: Path) -> list[Path]:
    """Return the finished runs in a folder, folders and archives (or the path itself, if it is one)."""
    if folder.is_file() or (folder / CARD).exists():
        return [folder]
    found = sorted({path.parent for path in folder.glob(f"*/{CARD}")} | set(folder.glob("*.zip")))
    if not found:
        raise RunError(f"{folder} holds no finished run; train one with: python -m fer_core train MEMBER")
    return found


def _files(where: Path) -> dict[str, bytes]:
    """Return the files of a run by name; raises RunError for one that is not there."""
    if where.is_file():
        try:
            with zipfile.ZipFile(where) as archive:
                entries = {Path(e.filename).name: e for e in archive.infolist() if e.file_size <= LARGEST}
                found = {name: archive.read(entries[name]) for name in FILES if name in entries}
        except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise RunError(f"{where} is not an archive of a run, or it is damaged.") from error
    else:
        found = {name: (where / name).read_bytes() for name in FILES if (where / name).is_file()}
    for name in FILES:
        if name not in found:
            raise RunError(f"{where} is not a finished run: {name} is missing; go on with: train --resume")
    return found


def read_run(where: Path) -> Run:
    """Read and check a finished run, a folder or an archive; raises RunError, naming what is wrong."""
    files = _files(where)
    try:
        card = Card.from_json(files[CARD], where=str(where / CARD))
        read_history(files[HISTORY].decode("utf-8", "replace"), where=str(where / HISTORY))
        member = _checked_network(where, card, json.loads(files[CARD]), files[WEIGHTS])
        card = replace(card, layers=structure(member))  # cards of before there was such a list have none
    except ArtifactDamaged as error:
        raise RunError(f"{where} cannot be collected: {error}") from error
    try:
        with np.load(io.BytesIO(files[LOGITS]), allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise RunError(f"{where / LOGITS} is damaged.") from error
    _check_logits(where, arrays)
    return Run(where, files, _scored(card, arrays), arrays)


def _checked_network(where: Path, card: Card, raw: Mapping[str, Any], weights: bytes) -> Member:
    if card.architecture not in MODELS:
        raise RunError(f"{where} is of an unknown architecture, {card.architecture!r}{nearest(card.architecture)}")
    if tuple(raw.get("classes", EMOTIONS)) != EMOTIONS:
        raise RunError(f"{where} was trained for other classes than {', '.join(EMOTIONS)}.")
    member = unpack_member(weights, raw, where=where / WEIGHTS)
    if not all(torch.isfinite(value).all() for value in member.state_dict().values()):
        raise RunError(f"{where / WEIGHTS} holds weights that are not finite.")
    return member


def _check_logits(where: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    for split in SPLITS[1:]:
        n = len(arrays.get(f"{split}_labels", ()))
        for kind in ("full", "one_view"):
            logits = arrays.get(f"{split}_{kind}", np.empty(0))
            if logits.shape != (n, len(EMOTIONS)) or logits.dtype != np.float32 or not np.isfinite(logits).all():
                raise RunError(f"{where / LOGITS} holds no usable logits of the split {split}.")
        if not np.array_equal(arrays.get(f"{split}_rows", ()), np.arange(n)):
            raise RunError(
                f"{where} was trained on a copy of FER-2013 whose {USAGES[split]} images are not all in the order of "
                "fer2013.csv; train on the CSV form."
            )


def _scored(card: Card, arrays: Mapping[str, NDArray[Any]]) -> Card:
    """Return the card with the accuracies of both splits, from the logits themselves."""

    def share(split: str, kind: str) -> float:
        return float((arrays[f"{split}_{kind}"].argmax(axis=1) == arrays[f"{split}_labels"]).mean())

    scores = {split: {kind: share(split, kind) for kind in ("one_view", "full")} for split in SPLITS[1:]}
    return replace(card, scores=scores)
