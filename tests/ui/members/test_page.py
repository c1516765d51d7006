"""The page Members through Streamlit's own test runner, and the words of its recipes."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui.data.latency
from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.inference import pack_weights
from fer_core.models import build
from fer_core.recipe import SLIDES
from fer_core.reports.summary import explorer_of
from fer_core.training.recipes import RECIPES
from tests.pages import choice_of, live, opened, ran, say, use_shared
from tests.synthetic import artifact_files, card
from tests.tiny import TINY
from ui.members.view import ABREAST, rows
from ui.members.wording import sentences

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")
SCORES = {split: {"one_view": 0.5, "full": 0.6} for split in ("valid", "test")}


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def go(at: AppTest, page: str) -> AppTest:
    at.switch_page(f"pages/{page}.py")
    return ran(at)


def members_page(**query: str) -> AppTest:
    return opened("members", **query)


def numbers(at: AppTest) -> list[str]:
    bodies = [element.proto.body for element in at.get("html")]
    return [match[1] for body in bodies if (match := re.search(r'class="fer-big"[^>]*><b>([^<]*)', body))]


def shown(at: AppTest) -> list[str]:
    return [heading.value.split(" ")[1] for heading in at.subheader]


def expected(root: Path, name: str, **more: str) -> str:
    return f"{100 * explorer_of(open_artifacts(root)).recompute(Setting((name,), **more)).accuracy:.1f}"


def test_the_best_member_is_shown_first(root: Path) -> None:
    at = members_page()
    best = explorer_of(open_artifacts(root)).best_member
    assert shown(at) == [best]
    assert numbers(at) == [expected(root, best)]
    assert len(at.get("plotly_chart")) == 4
    facts = " ".join(element.proto.body for element in at.get("html"))
    for word in ("95% interval", "without twins", "PublicTest", "parameters", "multiply-adds", "on disk"):
        assert word in facts


def test_two_members_stand_side_by_side(root: Path) -> None:
    at = members_page(look="agrawal,shallow")
    assert shown(at) == ["shallow", "agrawal"]
    assert numbers(at) == [expected(root, "shallow"), expected(root, "agrawal")]
    assert len(at.get("plotly_chart")) == 8


def test_choosing_is_kept_in_the_link_and_nobody_is_said(root: Path) -> None:
    at = members_page(look="deep")
    at.pills[0].set_value(["agrawal", "deep"])
    ran(at)
    assert shown(at) == ["deep", "agrawal"]
    assert choice_of(at).to_query()["look"] == "deep,agrawal"
    at.pills[0].set_value([])
    ran(at)
    assert numbers(at) == ["–"]
    assert not at.get("plotly_chart")
    assert any("Choose one above" in element.proto.body for element in at.get("html"))
    assert choice_of(at).to_query()["look"] == "none"


def test_a_stranger_in_the_link_is_ignored(root: Path) -> None:
    assert shown(members_page(look="nobody,deep,<b>")) == ["deep"]
    assert shown(members_page(look="nobody")) == [explorer_of(open_artifacts(root)).best_member]


def test_the_split_is_the_explorers(root: Path) -> None:
    at = members_page(look="deep", on="valid")
    assert numbers(at) == [expected(root, "deep", split="valid")]
    assert any("its figures are optimistic" in caption.value for caption in at.caption)
    at.segmented_control[0].set_value("test")
    ran(at)
    assert numbers(at) == [expected(root, "deep")]
    assert choice_of(at).split == "test"


def test_a_look_at_members_leaves_the_explorer_as_it_was(root: Path) -> None:
    at = members_page(look="deep", members="deep,agrawal", weights="accuracy")
    at.pills[0].set_value(["shallow"])
    ran(at)
    go(at, "ensemble")
    choice = choice_of(at)
    assert (choice.members, choice.weighting, choice.looked_at) == (("deep", "agrawal"), "accuracy", ("shallow",))
    ran(say(at, members=["shallow", "deep", "agrawal"]))
    assert shown(go(at, "members")) == ["shallow"]
    assert choice_of(at).members == NAMES


def test_the_explorer_sees_no_change_in_a_look(root: Path) -> None:
    at = members_page(look="deep")
    before = live(go(at, "ensemble"))
    go(at, "members")
    at.pills[0].set_value(["shallow"])
    ran(at)
    after = live(go(at, "ensemble"))
    assert (after["setting"], after["revision"]) == (before["setting"], before["revision"])


def test_an_older_card_has_no_dead_end(monkeypatch: pytest.MonkeyPatch) -> None:
    older = json.loads(artifact_files()["members/deep/card.json"])
    del older["layers"]
    instead = {"members/deep/card.json": json.dumps(older).encode()}
    use_shared(monkeypatch, instead=instead)
    for look in ("deep", "shallow,deep"):
        at = members_page(look=look)
        assert len(at.info) == 1
        assert "collect" in at.info[0].value
        assert len(at.get("plotly_chart")) == (3 if look == "deep" else 7)


def test_a_damaged_history_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, instead={"members/deep/history.csv": b"epoch\n"})
    assert not members_page(look="shallow").info
    assert "deep/history.csv" in members_page(look="deep").info[0].value


def test_a_training_without_rows_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    header = b"epoch,lr,train_loss,valid_loss,valid_accuracy\n"
    use_shared(monkeypatch, instead={"members/deep/history.csv": header})
    assert len(members_page(look="deep").get("plotly_chart")) == 4


def test_without_torch_the_button_says_what_it_needs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.data.latency, "NEEDED", ("a_package_that_is_not_there",))
    at = members_page(look="deep")
    button = next(button for button in at.button if button.label.startswith("Time it"))
    assert button.disabled
    assert any("pip install -r requirements.txt" in caption.value for caption in at.caption)


def press(at: AppTest) -> str:
    next(button for button in at.button if button.label.startswith("Time it")).click()
    ran(at)
    return next(caption.value for caption in at.caption if "ms" in caption.value or "weights" in caption.value)


def test_a_click_times_the_member(monkeypatch: pytest.MonkeyPatch) -> None:
    member = build("shallow", **TINY["shallow"])
    made = replace(
        card("shallow", SCORES), arguments=TINY["shallow"], preprocessing=asdict(member.preprocessing), layers=()
    )
    instead = {
        "members/shallow/card.json": made.to_json().encode(),
        "members/shallow/model.safetensors": pack_weights(member),
    }
    use_shared(monkeypatch, instead=instead)
    at = members_page(look="shallow")
    said = press(at)
    assert re.search(r"\d+\.\d ms.*one face, one view.*95th percentile \d+\.\d ms.*thread", said)
    at.segmented_control[0].set_value("valid")
    ran(at)
    assert any(caption.value == said for caption in at.caption), "what was measured stays"


def test_weights_that_do_not_fit_are_named(root: Path) -> None:
    """The made-up artifacts hold weights of no network."""
    assert "model.safetensors does not hold the weights" in press(members_page(look="deep"))


@pytest.mark.parametrize(
    ("count", "lengths"), [(0, []), (1, [1]), (3, [3]), (4, [2, 2]), (5, [3, 2]), (7, [3, 3, 1]), (9, [3, 3, 3])]
)
def test_rows_are_even(count: int, lengths: list[int]) -> None:
    names = tuple(map(str, range(count)))
    found = rows(names)
    assert [len(row) for row in found] == lengths
    assert sum(found, ()) == names
    assert max(map(len, found), default=0) <= ABREAST


@pytest.mark.parametrize("recipe", [*RECIPES.values(), SLIDES], ids=[*RECIPES, "slides"])
def test_every_recipe_is_told(recipe: object) -> None:
    made = replace(card("deep", SCORES), recipe=asdict(recipe))  # type: ignore[call-overload]
    text = " ".join(sentences(made))
    assert f"{made.recipe['epochs']} epochs" in text
    assert "learning rate" in text
    assert "18 views" in text
    assert text.count("refined") == len(made.recipe["refinements"])
    assert ("FER+" in text) == bool(made.recipe["votes"])
    assert not re.search(r"None|\{|\bsgd\b|one_cycle|  ", text)


def test_an_old_recipe_is_told_as_far_as_it_goes() -> None:
    told = sentences(card("deep", SCORES))
    assert told[0] == "8 epochs, on 44 pixels."
    assert told[-1] == "Trained in 25 minutes on none; seed 0, commit 0123456789ab."


def test_teachers_and_speed_are_told() -> None:
    made = replace(
        card("deep", SCORES),
        recipe={"epochs": 8, "distil": 0.6, "label_smoothing": 0.1, "erase": 0.5, "mixup": 0.2},
        teachers={"vgg": "0" * 64, "resnet": "1" * 64},
        throughput={"images_per_second": 1234.5, "share_of_ceiling": 0.31},
        augmentation={"views": 1},
        wall_seconds=42.0,
    )
    text = " ".join(sentences(made))
    assert "labels softened by 0.1 and the answers of vgg and resnet, 60% of the loss" in text
    assert "greyed out in 50% of them" in text
    assert "mixup, alpha 0.2" in text
    assert "1,234 images/s in the last epoch (31% of what the device can multiply)" in text
    assert "42 seconds" in text
    assert "one view" in text
