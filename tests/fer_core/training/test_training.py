import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fer_core.errors import RunError
from fer_core.recipe import DAMAGE, SLIDES, Recipe
from fer_core.training.checkpoint import CHECKPOINT, load_checkpoint
from fer_core.training.objective import Targets, loss_of, vote_shares
from fer_core.training.recipes import RECIPES, recipe_for
from fer_core.training.trainer import Trainer
from tests import ROOT
from tests.tiny import RECIPE, TINY, tiny_training_data


def trainer(name: str = "shallow", recipe: Recipe = RECIPE, *, seed: int = 1) -> Trainer:
    data = tiny_training_data(votes=recipe.by_votes)
    return Trainer(name, recipe, data, seed=seed, arguments=TINY[name], device=torch.device("cpu"))


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        replace(RECIPE, optimiser="adamw", lr=1e-2, ema=0.9, clip=1.0),
        replace(RECIPE, precision="bfloat16"),
        replace(RECIPE, votes=0.5, dropout=0.3),
        replace(RECIPE, balance=0.5, adjust=1.0, cover=0.3, shrink=0.3, blur=0.3, noise=0.3, jpeg=0.3),
        replace(RECIPE, epochs=2, refinements=(replace(RECIPE, epochs=2, batch=10, lr=0.01),)),
        replace(RECIPE, epochs=1, refinements=(replace(RECIPE, epochs=3, batch=10, lr=0.01),)),
    ],
    ids=["sgd", "adamw-ema", "bfloat16", "votes", "damage-and-balance", "between-stages", "within-a-refinement"],
)
def test_an_interrupted_run_ends_with_the_same_weights(tmp_path: Path, recipe: Recipe) -> None:
    unbroken = trainer(recipe=recipe).run()
    path = tmp_path / "checkpoint.safetensors"
    first = trainer(recipe=recipe)

    class Cut(Exception):
        pass

    def cut(status: object) -> None:
        if first.progress.epoch == 2:
            raise Cut

    first.watch = cut
    with pytest.raises(Cut):
        first.run(path)
    resumed = trainer(recipe=recipe).run(path, resume=True)
    assert resumed.resumed_from == 2
    assert resumed.progress.history == unbroken.progress.history
    for key, value in unbroken.member.state_dict().items():
        assert torch.equal(value, resumed.member.state_dict()[key]), key


def test_kill_9_loses_no_more_than_an_epoch(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    script = textwrap.dedent(
        f"""
        import sys, time
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from tests.fer_core.training.test_training import trainer
        t = trainer()
        t.watch = lambda status: time.sleep(0.2)
        t.run(Path({str(path)!r}), resume=True)
        """
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    deadline = time.monotonic() + 120
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    _, progress = load_checkpoint(path, trainer().identity)
    assert 1 <= progress.epoch < RECIPE.epochs
    resumed, unbroken = trainer().run(path, resume=True), trainer().run()
    for key, value in unbroken.member.state_dict().items():
        assert torch.equal(value, resumed.member.state_dict()[key]), key


def test_a_run_of_another_recipe_seed_or_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    trainer(recipe=replace(RECIPE, epochs=1)).run(path)
    with pytest.raises(RunError, match=r"otherwise \(.*recipe"):
        trainer().run(path, resume=True)
    with pytest.raises(RunError, match=r"otherwise \(.*seed"):
        trainer(recipe=replace(RECIPE, epochs=1), seed=2).run(path, resume=True)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RunError, match="damaged"):
        trainer(recipe=replace(RECIPE, epochs=1)).run(path, resume=True)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_training_learns(name: str) -> None:
    epochs = 1 if name == "agrawal" else 6
    recipe = replace(
        RECIPES[name],
        epochs=epochs,
        batch=16,
        precision="float32",
        brightness=0,
        contrast=0,
        refinements=(),
        **dict.fromkeys(DAMAGE, 0.0),  # brightness tells the classes here, and four images of a class are few
    )
    trained = trainer(name, recipe).run()
    history = trained.progress.history
    assert len(history) == recipe.epochs
    scored = [row.valid_accuracy for row in history if recipe.side(row.epoch - 1) is None]
    assert trained.progress.best_accuracy == max(scored)  # an epoch on smaller images is not the member that is kept
    if name == "shallow":
        assert history[-1].train_loss < history[0].train_loss
        assert trained.progress.best_accuracy > 2 / 7


def test_votes_are_a_second_target_that_the_member_does_not_keep() -> None:
    plain, second = trainer(), trainer(recipe=replace(RECIPE, votes=0.5))
    assert second.pupil.votes is not None
    head = second.pupil.votes[3].weight.detach().clone()
    assert second.run().member.state_dict().keys() == plain.run().member.state_dict().keys()
    assert not torch.equal(second.pupil.votes[3].weight, head)
    assert second.progress.history[0].train_loss > plain.progress.history[0].train_loss
    assert second.identity["data set"] != plain.identity["data set"]


def test_an_image_without_votes_teaches_its_label_alone() -> None:
    shares = vote_shares(torch.tensor([[4, 0, 0, 0, 6, 0, 0, 0, 0, 0], [0] * 10], dtype=torch.uint8))
    assert shares[0, 4] == pytest.approx(0.6)
    logits, votes = torch.randn(2, 7), torch.randn(2, 10)
    targets, recipe = Targets(torch.eye(7)[:2], votes=shares), replace(RECIPE, votes=0.5, label_smoothing=0.0)
    one, other = torch.tensor([0]), torch.tensor([1])
    label = loss_of(logits[1:], None, Targets(torch.eye(7)[1:2]), recipe)
    assert loss_of(logits[1:], votes[1:], targets[other], recipe) == label
    first = loss_of(logits[:1], votes[:1], targets[one], recipe)
    own = -logits[:1].log_softmax(1)[0, 0] - 0.5 * (shares[0] * votes[:1].log_softmax(1)).sum()
    torch.testing.assert_close(first, own)


def test_teachers_take_their_share_of_the_loss() -> None:
    logits, said = torch.randn(3, 7), torch.rand(3, 7).softmax(1)
    recipe = replace(RECIPE, label_smoothing=0.0, distil=0.25)
    found = loss_of(logits, None, Targets(torch.eye(7)[:3], said), recipe)
    logs = logits.log_softmax(1)
    own = -0.75 * logs.diagonal().mean() - 0.25 * (said * logs).sum(1).mean()
    torch.testing.assert_close(found, own)


def test_a_recipe_with_votes_needs_them() -> None:
    recipe = replace(RECIPE, votes=0.5, refinements=(replace(RECIPE, votes=0.5),))
    with pytest.raises(RunError, match="--ferplus"):
        Trainer("shallow", recipe, tiny_training_data(), arguments=TINY["shallow"])
    assert not recipe.without_votes().by_votes
    assert replace(recipe, votes=0.0).by_votes


def test_patience_stops_early() -> None:
    recipe = replace(RECIPE, epochs=40, lr=1e-9, patience=2, schedule="constant", precision="float32")
    assert trainer(recipe=recipe).run().progress.epoch < 40


def test_small_sizes_come_first_and_are_not_chosen() -> None:
    recipe = replace(RECIPES["agrawal"], epochs=2, sizes=(32,), batch=35, precision="float32", refinements=())
    run = trainer("agrawal", recipe)
    assert [recipe.side(epoch) for epoch in range(2)] == [32, None]
    assert run.run().progress.best_epoch == 2


def test_refinements_go_on_with_their_own_schedule() -> None:
    second = replace(RECIPE, epochs=3, batch=10, lr=0.02, schedule="cosine")
    run = trainer(recipe=replace(RECIPE, epochs=2, refinements=(second,)))
    history = run.run().progress.history
    assert len(history) == run.recipe.total_epochs == 5
    assert history[2].lr == 0.02
    assert run.total_steps == 2 * (70 // RECIPE.batch) + 3 * (70 // 10)


def test_a_loss_that_is_not_finite_stops_with_a_sentence() -> None:
    run = trainer(recipe=replace(RECIPE, epochs=2))
    with torch.no_grad():
        next(run.member.parameters()).fill_(float("nan"))
    with pytest.raises(RunError, match="loss became nan"):
        run.run()


def test_too_few_images_are_refused() -> None:
    with pytest.raises(RunError, match="fewer than one batch of 1000"):
        trainer(recipe=replace(RECIPE, batch=1000))


def test_patience_waits_for_a_first_best_epoch() -> None:
    recipe = replace(
        RECIPES["agrawal"], epochs=3, sizes=(32, 32), patience=1, batch=35, precision="float32", refinements=()
    )
    assert trainer("agrawal", recipe).run().progress.best_epoch == 3


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux lists what a process maps")
def test_a_resumed_run_maps_no_checkpoint(tmp_path: Path) -> None:
    first = trainer(recipe=replace(RECIPE, epochs=1))
    first.run(tmp_path / CHECKPOINT)
    tensors, _ = load_checkpoint(tmp_path / CHECKPOINT, first.identity)
    assert tensors
    assert CHECKPOINT not in Path("/proc/self/maps").read_text()


def test_the_slides_recipe_is_the_slides() -> None:
    assert (SLIDES.lr, SLIDES.weight_decay, SLIDES.dropout) == (0.01, 1e-7, 0.3)
    assert SLIDES.patience > 0
    assert recipe_for("deep", name="slides") == SLIDES
    assert recipe_for("agrawal", name="slides").dropout is None
    with pytest.raises(ValueError, match="name: expected"):
        recipe_for("deep", name="other")


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"lr": -1.0}, {"label_smoothing": 1.0}, {"erase": 2.0}])
def test_a_recipe_refuses_what_no_training_can_use(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: expected"):
        Recipe(**wrong)  # type: ignore[arg-type]
