"""What a step of training is made of: augmented images, mixed targets, the learning rate, and what is drawn."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from fer_core.training.augment import augment, mixup
from fer_core.training.objective import Targets, learning_rate, loss_of, make_optimiser
from fer_core.training.recipes import Recipe
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_training_data


def trainer(name: str = "shallow", recipe: Recipe = RECIPE, *, seed: int = 1) -> Trainer:
    data = tiny_training_data(votes=recipe.by_votes)
    return Trainer(name, recipe, data, seed=seed, arguments=TINY[name], device=torch.device("cpu"))


def test_augmentation_keeps_shape_range_and_seed() -> None:
    images = torch.from_numpy(np.random.RandomState(0).randint(0, 256, (40, 1, 48, 48)).astype(np.uint8))
    recipe = replace(RECIPE, erase=1.0)
    first, second = (augment(images, recipe, torch.Generator().manual_seed(7)) for _ in range(2))
    assert first.shape == images.shape
    assert first.dtype == torch.float32
    assert 0 <= float(first.min()) <= float(first.max()) <= 1
    assert torch.equal(first, second)
    still = replace(recipe, flip=False, rotate=0, scale=0, shift=0, brightness=0, contrast=0, erase=0)
    torch.testing.assert_close(augment(images, still, torch.Generator()), images.float() / 255)


def test_a_flip_alone_mirrors_about_half() -> None:
    images = torch.from_numpy(np.random.RandomState(0).randint(0, 256, (200, 1, 48, 48)).astype(np.uint8))
    recipe = replace(RECIPE, rotate=0, scale=0, shift=0, brightness=0, contrast=0, erase=0)
    out, plain = augment(images, recipe, torch.Generator().manual_seed(0)), images.float() / 255
    same = torch.isclose(out, plain, atol=1e-4).flatten(1).all(1)
    mirrored = torch.isclose(out, plain.flip(3), atol=1e-4).flatten(1).all(1)
    assert (same ^ mirrored).all()
    assert 60 < int(mirrored.sum()) < 140


def test_mixup_keeps_rows_of_targets_at_one() -> None:
    images, label = torch.rand(8, 1, 48, 48), torch.eye(7)[torch.arange(8) % 7]
    mixed, targets = mixup(images, Targets(label, label / 1.0), 0.4, torch.Generator().manual_seed(0))
    assert mixed.shape == images.shape
    torch.testing.assert_close(targets.label.sum(1), torch.ones(8))
    assert not torch.equal(targets.label, label)
    assert targets.teachers is not None
    assert torch.equal(targets.teachers, targets.label)
    assert targets.votes is None


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine", "constant"])
def test_the_learning_rate_has_its_shape(schedule: str) -> None:
    recipe = replace(RECIPE, schedule=schedule, lr=0.1, warmup=0.25)  # type: ignore[arg-type]
    rates = [learning_rate(recipe, step, 100) for step in range(100)]
    assert max(rates) == pytest.approx(0.1, rel=1e-3)
    if schedule == "one_cycle":
        assert rates.index(max(rates)) == 25
        assert rates[0] < 0.01
    if schedule != "constant":
        assert rates[-1] < 0.001
        assert all(a >= b for a, b in pairwise(rates[25:]))


def test_weight_decay_stays_off_norms_and_biases() -> None:
    run = trainer()
    groups = make_optimiser(run.member, RECIPE).param_groups
    assert all(p.ndim > 1 for p in groups[0]["params"])
    assert groups[1]["weight_decay"] == 0
    assert sum(len(group["params"]) for group in groups) == len(list(run.member.parameters()))


def test_balance_draws_rare_classes_as_often_as_others() -> None:
    data = tiny_training_data()
    rare = np.concatenate([np.flatnonzero(data.labels == 1)[:2], np.flatnonzero(data.labels != 1)])
    data = replace(data, images=data.images[rare], labels=data.labels[rare])

    def drawn(balance: float) -> np.ndarray:
        made = Trainer("shallow", RECIPE, data, arguments=TINY["shallow"], device=torch.device("cpu"))
        generator = torch.Generator().manual_seed(0)
        order = torch.cat([made._order(replace(RECIPE, balance=balance), generator) for _ in range(50)])
        return np.bincount(data.labels[order.numpy()], minlength=7) / 50

    assert drawn(0.0).tolist() == [10, 2, 10, 10, 10, 10, 10]
    assert np.abs(drawn(1.0) - 62 / 7).max() < 1.5
    assert 2.5 < drawn(0.5)[1] < 7


def test_adjusted_logits_need_not_learn_how_frequent_a_class_is() -> None:
    shares = torch.tensor([0.5, 0.02, 0.1, 0.1, 0.1, 0.1, 0.08])
    logits, label = torch.zeros(1, 7), torch.eye(7)[1:2]
    recipe = replace(RECIPE, label_smoothing=0.0, adjust=1.0)
    loss = loss_of(logits, None, Targets(label), recipe, shares=shares)
    assert float(loss) == pytest.approx(-np.log(0.02), rel=1e-5)
    plain = loss_of(logits, None, Targets(label), replace(recipe, adjust=0.0), shares=shares)
    assert float(plain) == pytest.approx(np.log(7), rel=1e-5)
