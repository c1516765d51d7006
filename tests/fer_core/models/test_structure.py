"""The blocks of each network as the page Members shows them, and how long one face takes."""

import json
import re
from pathlib import Path

import pytest
import torch
from torch import nn

from fer_core.architectures import FAMILIES
from fer_core.artifacts import Card, Layer
from fer_core.artifacts.card import read_layers
from fer_core.inference.logits import latency
from fer_core.models import MODELS, Member, Preprocessing, build
from fer_core.models.structure import structure
from fer_core.training.finished import read_run
from fer_core.training.runs import finish, macs, prepare, training_data
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_dataset


def test_every_architecture_says_where_it_comes_from() -> None:
    assert set(FAMILIES) == set(MODELS)
    for family in FAMILIES.values():
        assert re.search(r"(19|20)\d\d", family.paper)
        assert family.arxiv is None or re.fullmatch(r"\d{4}\.\d{4,5}", family.arxiv)
        assert family.special.endswith(".")


@pytest.mark.parametrize("name", sorted(MODELS))
def test_blocks_add_up_to_the_network(name: str) -> None:
    member = build(name).eval()
    layers = structure(member)
    assert 4 <= len(layers) <= 16
    assert sum(layer.parameters for layer in layers) == sum(p.numel() for p in member.parameters())
    assert sum(layer.macs for layer in layers) == macs(member)
    assert layers[-1].shape == (7,)
    for layer in layers:
        assert layer.name.endswith(f", {layer.channels}")
        assert not re.search(r"[a-z][A-Z]|\d[dD]\b", f"{layer.name} {layer.detail}".replace("ReLU", "")), (
            "a class name, not plain words"
        )


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_look_leaves_nothing_behind(name: str) -> None:
    member = build(name, **TINY[name]).train()
    before = {key: value.clone() for key, value in member.state_dict().items()}
    first = structure(member)
    assert structure(member) == first
    assert member.training
    assert all(torch.equal(value, before[key]) for key, value in member.state_dict().items())
    for module in member.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_a_failing_network_keeps_no_hook() -> None:
    member = build("shallow", **TINY["shallow"])
    assert isinstance(member.head, nn.Sequential)
    member.head.append(nn.Linear(3, 3))
    with pytest.raises(RuntimeError):
        structure(member)
    assert not any(module._forward_hooks for module in member.modules())


def test_blocks_of_the_shallow_network_are_the_slides() -> None:
    assert structure(build("shallow"))[:2] == (
        Layer(
            "convolution 7×7, 48",
            "convolution 7×7, batch norm, ReLU, max pooling 2×2",
            (48, 22, 22),
            7 * 7 * 48 + 2 * 48,
            7 * 7 * 48 * 44 * 44,
        ),
        Layer(
            "convolution 5×5, 96",
            "convolution 5×5, batch norm, ReLU, max pooling 2×2",
            (96, 11, 11),
            5 * 5 * 48 * 96 + 2 * 96,
            5 * 5 * 48 * 96 * 22 * 22,
        ),
    )


class Sparse(nn.Module):
    """A block that nobody described."""

    def __init__(self) -> None:
        super().__init__()
        self.only = nn.Conv2d(1, 4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.only(x).relu()


def test_an_unknown_block_is_named_by_its_class() -> None:
    class Odd(Member):
        def __init__(self) -> None:
            super().__init__(Preprocessing())
            self.features = Sparse()
            self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 7))

    assert [layer.name for layer in structure(Odd())] == ["sparse, 4", "fully connected, 7"]


@pytest.mark.parametrize("architecture", ["shallow", "densenet"])
def test_the_card_of_a_run_lists_the_blocks_and_collect_adds_them_to_an_older_one(
    tmp_path: Path, architecture: str
) -> None:
    prepare(tmp_path, resume=False, restart=False)
    dataset = tiny_dataset()
    trainer = Trainer(
        architecture,
        RECIPE.without_votes(),
        training_data(dataset, votes=False),
        arguments=TINY[architecture],
        device=torch.device("cpu"),
    )
    finish(tmp_path, architecture, trainer, trainer.run(), dataset)
    path = tmp_path / "card.json"
    written = Card.from_json(path.read_bytes(), where="card.json")
    assert written.layers == structure(build(architecture, **TINY[architecture]))
    older = json.loads(path.read_bytes())
    del older["layers"]
    path.write_text(json.dumps(older))
    assert read_run(tmp_path).card.layers == written.layers


LAYER = {"name": "a", "detail": "b", "shape": [1, 2, 3], "parameters": 4, "macs": 5}


def test_layers_read_back() -> None:
    assert read_layers([LAYER, LAYER | {"shape": [7]}])[1] == Layer("a", "b", (7,), 4, 5)
    assert read_layers([LAYER])[0].side == 3


@pytest.mark.parametrize(
    "found",
    [
        {},
        ["x"],
        [LAYER | {"name": 1}],
        [LAYER | {"shape": []}],
        [LAYER | {"shape": [1, 2]}],
        [LAYER | {"shape": "abc"}],
        [LAYER | {"shape": [1.5]}],
        [LAYER | {"macs": -1}],
        [LAYER | {"parameters": True}],
        [{"name": "a"}],
    ],
)
def test_layers_that_are_none_are_refused(found: object) -> None:
    with pytest.raises(ValueError, match="layers: expected"):
        read_layers(found)


def test_latency_counts_no_warm_up_and_changes_nothing() -> None:
    member = build("shallow", **TINY["shallow"]).train()
    calls: list[torch.Size] = []
    member.register_forward_pre_hook(lambda module, inputs: calls.append(inputs[0].shape))
    found = latency(member, runs=3, warmups=2)
    assert calls == [torch.Size([1, 1, 48, 48])] * 5
    assert 0 < found.median <= found.p95
    assert (found.runs, found.threads) == (3, torch.get_num_threads())
    assert member.training
    with pytest.raises(ValueError, match="runs and warmups: expected"):
        latency(member, runs=0)
