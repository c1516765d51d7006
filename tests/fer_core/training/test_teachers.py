"""Members that learn from finished ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core.errors import RunError
from fer_core.inference import load_member, member_logits
from fer_core.training.beginning import Teaching, teach
from fer_core.training.runs import finish, prepare, training_data
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_dataset


def run(folder: Path, name: str, teaching: Teaching | None = None) -> Trainer:
    prepare(folder, resume=False, restart=False)
    recipe, data = replace(RECIPE, epochs=1, mixup=0.0, distil=1.0), training_data(tiny_dataset(), votes=False)
    trainer = Trainer(name, recipe, data, arguments=TINY[name], device=torch.device("cpu"), teaching=teaching)
    finish(folder, name, trainer, trainer.run(folder / "checkpoint.safetensors"), tiny_dataset())
    return trainer


@pytest.fixture(scope="module")
def teachers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    for name in ("vgg", "shallow"):
        run(root / name, name)
    return root


def test_teachers_say_the_mean_of_their_probabilities(teachers: Path) -> None:
    images = tiny_dataset().split("train").images
    found = teach(teachers, images)
    assert list(found.teachers) == ["shallow", "vgg"]
    assert found.shares.dtype == np.float32
    said = []
    for name in ("shallow", "vgg"):
        card = json.loads((teachers / name / "card.json").read_text())
        member = load_member(teachers / name / "model.safetensors", card)
        said.append(np.exp(member_logits(member, images, full=False)))
    np.testing.assert_allclose(found.shares, np.mean(said, axis=0), atol=1e-6)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, atol=1e-5)


def test_a_pupil_follows_its_teachers_and_its_card_names_them(teachers: Path, tmp_path: Path) -> None:
    images = tiny_dataset().split("train").images
    found = teach(teachers, images)
    firm = Teaching(found.teachers, np.eye(7, dtype=np.float32)[np.full(len(images), 2)])
    trainer = run(tmp_path / "deep", "deep", firm)
    card = json.loads((tmp_path / "deep" / "card.json").read_text())
    assert card["teachers"] == found.teachers
    member = load_member(tmp_path / "deep" / "model.safetensors", card)
    with torch.no_grad():
        assert (member.train()(torch.from_numpy(images[:35]).unsqueeze(1) / 255).argmax(1) == 2).float().mean() > 0.5
    assert trainer.identity["teachers"] == found.teachers


def test_a_run_is_not_resumed_under_other_teachers(teachers: Path, tmp_path: Path) -> None:
    found = teach(teachers, tiny_dataset().split("train").images)
    run(tmp_path / "deep", "deep", found)
    recipe, data = replace(RECIPE, epochs=1, mixup=0.0, distil=1.0), training_data(tiny_dataset(), votes=False)
    other = Trainer("deep", recipe, data, arguments=TINY["deep"], device=torch.device("cpu"))
    with pytest.raises(RunError, match="teachers"):
        other.run(tmp_path / "deep" / "checkpoint.safetensors", resume=True)


def test_no_teacher_and_a_damaged_one_are_named(teachers: Path, tmp_path: Path) -> None:
    images = tiny_dataset().split("train").images
    with pytest.raises(RunError, match="holds no finished member"):
        teach(tmp_path, images)
    (tmp_path / "vgg").mkdir()
    (tmp_path / "vgg" / "card.json").write_bytes((teachers / "vgg" / "card.json").read_bytes())
    (tmp_path / "vgg" / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(RunError, match=r"vgg cannot teach"):
        teach(tmp_path, images)
