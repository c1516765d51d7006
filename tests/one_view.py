"""Artifacts of two trained members with logits of one view and temperatures, and what is asked of them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core import artifacts as store
from fer_core.artifacts import CALIBRATION, Manifest, logits_file, open_artifacts
from fer_core.training.runs import finish, prepare, training_data
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_dataset

SPLITS = ("valid", "test")
ONE_VIEW = tuple(logits_file(split, view="one_view") for split in SPLITS)
DERIVED = (*ONE_VIEW, CALIBRATION)


def train(folder: Path, name: str, seed: int = 0) -> None:
    prepare(folder, resume=False, restart=False)
    data, dataset = training_data(tiny_dataset(), votes=False), tiny_dataset()
    recipe = replace(RECIPE, epochs=1)
    trainer = Trainer(name, recipe, data, arguments=TINY[name], device=torch.device("cpu"), seed=seed)
    finish(folder, name, trainer, trainer.run(folder / "checkpoint.safetensors"), dataset)


def drop(root: Path, names: Iterable[str]) -> None:
    """Make artifacts what an older version has written, without some files."""

    def build(staging: Path) -> Manifest:
        for name in names:
            (staging / name).unlink()
        return store.Manifest.from_json((staging / "manifest.json").read_bytes(), where=staging)

    store.replace(root, build)


def temperatures(root: Path) -> dict[tuple[object, ...], float]:
    found = open_artifacts(root).calibration()
    assert found is not None
    return {(e.view, e.members, e.weighting, e.combiner): e.temperature for e in found.fitted}


def one_view(root: Path) -> dict[str, NDArray[np.float32]]:
    return {split: open_artifacts(root).logits(split, view="one_view").logits for split in SPLITS}
