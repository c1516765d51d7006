"""Cards and training histories."""

import dataclasses
import json

import pytest

from fer_core.artifacts import Card
from fer_core.artifacts.card import read_history
from fer_core.errors import ArtifactDamaged
from tests.synthetic import card


def test_a_card_reads_back_and_knows_its_scores() -> None:
    made = card("deep", {"valid": {"one_view": 0.5, "full": 0.6}})
    again = Card.from_json(made.to_json(), where="card.json")
    assert again == made
    assert (again.accuracy("valid"), again.accuracy("valid", full=False), again.accuracy("test")) == (0.6, 0.5, None)
    unscored = dataclasses.replace(made, scores={"valid": {"full": 0.6}, "test": None})
    assert Card.from_json(unscored.to_json(), where="card.json").accuracy("test") is None


@pytest.mark.parametrize("key", [field.name for field in dataclasses.fields(Card)])
@pytest.mark.parametrize("value", [None, True, ["x"]])
def test_a_card_with_a_wrong_type_is_refused_by_file_and_key(key: str, value: object) -> None:
    known = json.loads(card("deep", {}).to_json())
    with pytest.raises(ArtifactDamaged, match=rf"deep/card\.json has no usable '{key}'"):
        Card.from_json(json.dumps(known | {key: value}), where="deep/card.json")
    del known[key]
    if key in ("teachers", "continues", "throughput", "layers"):  # older cards do not have it
        assert not getattr(Card.from_json(json.dumps(known), where="deep/card.json"), key)
        return
    with pytest.raises(ArtifactDamaged, match=rf"deep/card\.json has no usable '{key}'"):
        Card.from_json(json.dumps(known), where="deep/card.json")


@pytest.mark.parametrize("scores", [{"test": [0.5]}, {"test": {"full": "0.5"}}, {"test": {"full": 50}}])
def test_scores_that_are_no_shares_are_refused(scores: object) -> None:
    known = json.loads(card("deep", {}).to_json()) | {"scores": scores}
    with pytest.raises(ArtifactDamaged, match="no usable 'scores'"):
        Card.from_json(json.dumps(known), where="card.json")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"wall_seconds": NaN}', b"\xff"])
def test_a_card_that_is_none_is_refused(text: str | bytes) -> None:
    with pytest.raises(ArtifactDamaged, match=r"card\.json"):
        Card.from_json(text, where="card.json")


@pytest.mark.parametrize(
    "text", ["", "epoch,lr\n1,2\n", "epoch,lr,train_loss,valid_loss,valid_accuracy\n1,0.1,x,1,1\n"]
)
def test_a_history_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ArtifactDamaged, match=r"deep/history\.csv"):
        read_history(text, where="deep/history.csv")
