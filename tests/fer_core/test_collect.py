"""From a tiny data set through training to artifacts, and back: evaluate agrees with what was collected."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core.artifacts import open_artifacts
from fer_core.collect import collect, collect_seeds
from fer_core.dataset import Dataset, arrange
from fer_core.errors import FerError, RunError
from fer_core.evaluate import evaluate
from fer_core.reports.summary import report
from fer_core.training.runs import finish, prepare, training_data
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_dataset


def train(
    folder: Path, network: str, dataset: Dataset, *, name: str | None = None, seed: int = 0, lr: float = RECIPE.lr
) -> None:
    prepare(folder, resume=False, restart=False)
    recipe, device = replace(RECIPE, epochs=1, lr=lr), torch.device("cpu")
    data = training_data(dataset, votes=recipe.by_votes)
    trainer = Trainer(network, recipe, data, seed=seed, arguments=TINY[network], device=device)
    finish(folder, name or network, trainer, trainer.run(folder / "checkpoint.safetensors"), dataset)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    for name in ("deep", "shallow"):
        train(root / name, name, tiny_dataset())
    return root


@pytest.fixture
def root(tmp_path: Path, runs: Path) -> Path:
    collect(runs, tmp_path / "artifacts", tiny_dataset)
    return tmp_path / "artifacts"


def test_collect_writes_the_whole_contract(root: Path) -> None:
    artifacts = open_artifacts(root)
    assert artifacts.manifest.members == ("shallow", "deep")
    assert artifacts.check() == []
    for split in ("valid", "test"):
        cached = artifacts.logits(split)
        assert cached.logits.shape == (2, 21, 7)
        for name, logits in zip(cached.members, cached.logits, strict=True):
            share = float((logits.argmax(1) == cached.labels).mean())
            assert artifacts.card(name).accuracy(split) == share
        assert len(artifacts.twin_index(split)) == 21
        assert artifacts.ferplus(split).shape == (21, 10)
    assert artifacts.mean_faces().shape == (8, 48, 48)
    assert [scoring.members for scoring in artifacts.manifest.scorings] == [("shallow", "deep")]
    assert len(artifacts.history("deep")) == 1


def test_logits_are_log_probabilities(root: Path) -> None:
    logits = open_artifacts(root).logits("test").logits.astype(float)
    np.testing.assert_allclose(np.exp(logits).sum(axis=2), 1, atol=1e-5)


def test_evaluate_agrees_with_the_cache(root: Path) -> None:
    artifacts = open_artifacts(root)
    for split in ("valid", "test"):
        found = evaluate(artifacts, tiny_dataset(), "deep", split)
        assert found.agrees
        assert found.difference is not None
        assert found.difference < 1e-4
        assert found.accuracy == found.cached_accuracy
        assert (found.images, found.unmatched) == (21, 0)
    assert evaluate(artifacts, tiny_dataset(), "deep", "test", limit=5).images == 5


def test_evaluate_sees_other_weights(root: Path, runs: Path, tmp_path: Path) -> None:
    other = tmp_path / "runs" / "deep"
    shutil.copytree(runs / "deep", other)
    with np.load(other / "logits.npz") as file:
        arrays = dict(file)
    arrays["test_full"] = arrays["test_full"] + np.float32(0.01)
    np.savez(other / "logits.npz", **arrays)
    collect(other, root, tiny_dataset)
    found = evaluate(open_artifacts(root), tiny_dataset(), "deep", "test")
    assert found.difference == pytest.approx(0.01, abs=1e-3)
    assert not found.agrees


def test_evaluate_on_another_copy_compares_accuracy_alone(root: Path) -> None:
    artifacts = open_artifacts(root)
    dataset = tiny_dataset()
    off = np.random.RandomState(1).randint(-2, 3, dataset.images.shape)
    images = np.clip(dataset.images.astype(int) + off, 0, 255).astype(np.uint8)
    copy = arrange(replace(dataset, images=images), artifacts.rows(), source="copy")
    found = evaluate(artifacts, copy, "shallow", "test")
    assert found.difference is None
    assert found.agrees
    assert found.images + found.unmatched == 21


def test_collecting_again_replaces_one_member_and_keeps_the_rest(root: Path, runs: Path, tmp_path: Path) -> None:
    before = open_artifacts(root)
    train(tmp_path / "runs" / "shallow", "shallow", tiny_dataset())

    def never() -> Dataset:
        raise AssertionError("the data set is not needed again")

    collect(tmp_path / "runs", root, never)
    after = open_artifacts(root)
    assert after.manifest.members == before.manifest.members
    np.testing.assert_array_equal(after.logits("test").logits[1], before.logits("test").logits[1])
    assert len(after.manifest.scorings) == 2


@pytest.mark.parametrize("name", ["card.json", "model.safetensors", "history.csv", "logits.npz"])
def test_a_missing_or_damaged_file_changes_nothing(root: Path, runs: Path, tmp_path: Path, name: str) -> None:
    fingerprint = open_artifacts(root).fingerprint
    for folder, spoil in (("cut", lambda p: p.write_bytes(p.read_bytes()[:20])), ("gone", lambda p: p.unlink())):
        run = tmp_path / folder / "deep"
        shutil.copytree(runs / "deep", run)
        if name == "history.csv" and folder == "cut":
            continue
        spoil(run / name)
        with pytest.raises(RunError, match=r"deep|finished run"):
            collect(tmp_path / folder / "deep" if name != "card.json" else tmp_path / folder, root, tiny_dataset)
    assert open_artifacts(root).fingerprint == fingerprint
    assert sorted(p.name for p in root.parent.iterdir() if p.name.startswith("artifacts")) in (
        ["artifacts"],
        ["artifacts", "artifacts.lock"],
    )


def test_a_run_with_other_labels_is_refused(root: Path, runs: Path, tmp_path: Path) -> None:
    run = tmp_path / "deep"
    shutil.copytree(runs / "deep", run)
    with np.load(run / "logits.npz") as file:
        arrays = dict(file)
    arrays["test_labels"] = (arrays["test_labels"] + 1) % 7
    np.savez(run / "logits.npz", **arrays)
    with pytest.raises(RunError, match="other labels"):
        collect(run, root, tiny_dataset)


def test_a_card_of_another_network_is_refused(runs: Path, tmp_path: Path) -> None:
    run = tmp_path / "deep"
    shutil.copytree(runs / "deep", run)
    card = json.loads((run / "card.json").read_text())
    card["arguments"]["widths"] = [8, 8, 8, 8]
    (run / "card.json").write_text(json.dumps(card))
    with pytest.raises(RunError, match="weights that its card describes"):
        collect(run, tmp_path / "artifacts", tiny_dataset)
    assert not (tmp_path / "artifacts").exists()


def test_a_data_set_in_another_order_is_refused(runs: Path, tmp_path: Path) -> None:
    dataset = tiny_dataset()
    with pytest.raises(RunError, match=r"order of fer2013\.csv"):
        collect(runs, tmp_path / "artifacts", lambda: replace(dataset, rows=np.full_like(dataset.rows, -1)))
    turned = replace(dataset, labels=(dataset.labels + 1) % 7)
    with pytest.raises(RunError, match="other labels"):
        collect(runs, tmp_path / "artifacts", lambda: turned)
    assert not (tmp_path / "artifacts").exists()


def test_nothing_to_collect_is_said(tmp_path: Path) -> None:
    with pytest.raises(FerError, match="holds no finished run"):
        collect(tmp_path, tmp_path / "artifacts", tiny_dataset)


def test_a_run_is_not_overwritten_unasked(runs: Path, tmp_path: Path) -> None:
    run = tmp_path / "deep"
    shutil.copytree(runs / "deep", run)
    with pytest.raises(RunError, match="finished run"):
        prepare(run, resume=False, restart=False)
    assert prepare(run, resume=True, restart=False) is False
    (run / "card.json").unlink()
    with pytest.raises(RunError, match="unfinished run"):
        prepare(run, resume=False, restart=False)
    assert prepare(run, resume=False, restart=True) is True
    assert list(run.iterdir()) == []


def test_the_report_speaks_of_what_was_collected(root: Path) -> None:
    found = report(open_artifacts(root))
    assert [member["name"] for member in found["members"]] == ["shallow", "deep"]
    for member in found["members"]:
        assert member["test"]["full"] == open_artifacts(root).card(member["name"]).accuracy("test")


def test_seeds_stand_beside_the_roster(tmp_path: Path, root: Path) -> None:
    dataset = tiny_dataset()
    for seed in range(3):
        train(tmp_path / "seeds" / f"deep_seed{seed}", "deep", dataset, name=f"deep_seed{seed}", seed=seed)
    before = open_artifacts(root)
    assert before.seeds is None
    first, last = tmp_path / "seeds" / "deep_seed0", tmp_path / "seeds"
    assert [run.card.name for run in collect_seeds(first, root)] == ["deep_seed0"]
    collect_seeds(last, root)
    after = open_artifacts(root)
    assert after.check() == []
    assert after.manifest.members == before.manifest.members
    assert np.array_equal(after.logits("test").logits, before.logits("test").logits)
    assert after.seeds is not None
    assert after.seeds.names == ("deep_seed0", "deep_seed1", "deep_seed2")
    assert [card.seed for card in after.seeds.cards.values()] == [0, 1, 2]
    for split in ("valid", "test"):
        labels = after.logits(split).labels
        for (name, card), logits in zip(after.seeds.cards.items(), after.seeds.logits[split], strict=True):
            assert card.accuracy(split) == float((logits.argmax(1) == labels).mean()), name
    assert after.manifest.scorings[-1].members == after.seeds.names
    train(tmp_path / "other" / "deep_seed9", "deep", dataset, name="deep_seed9", seed=9, lr=0.05)
    for wrong, words in ((tmp_path / "other", "more than the seed"), (tmp_path / "nowhere", "no finished run")):
        with pytest.raises(RunError, match=words):
            collect_seeds(wrong, root)
    train(tmp_path / "same" / "deep", "deep", dataset)
    with pytest.raises(RunError, match="deep is a member of the roster"):
        collect_seeds(tmp_path / "same", root)
    with pytest.raises(RunError, match="no members yet"):
        collect_seeds(last, tmp_path / "none")
    assert open_artifacts(root).fingerprint == after.fingerprint
