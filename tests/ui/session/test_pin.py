"""A setting pinned as A, and the present one held against it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting
from fer_core.metrics import paired_interval
from fer_core.reports.summary import explorer_of
from tests.examples import examples
from tests.page_choices import MEMBERS, some_members
from tests.pages import app, choice_of, number, opened, press, ran, say, use_shared
from ui.data.pinned import swapped
from ui.session.choice import default, from_query
from ui.session.pin import Pin, from_text

WEIGHTS = st.sampled_from([0.0, 0.05, 1.0, 2.0])


@st.composite
def pins(draw: st.DrawFn) -> Pin:
    members, weighting = draw(some_members(least=1)), draw(st.sampled_from(sorted(WEIGHTINGS)))
    manual = (*(draw(WEIGHTS) for _ in members[1:]), 1.0) if weighting == "manual" else ()
    return Pin(members, weighting, draw(st.sampled_from(sorted(COMBINERS))), manual)


@examples(100)
@given(pins())
def test_a_link_holds_what_is_pinned(pin: Pin) -> None:
    assert from_text(pin.to_text(), MEMBERS) == pin
    choice = replace(default(MEMBERS), pin=pin)
    assert from_query(choice.to_query(), MEMBERS).pin == pin
    assert Pin.of(pin.setting("valid", twins=False)) == pin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deep",
        "deep~equal",
        "deep~equal~median~1",
        "nobody~equal~median",
        "deep,nobody~equal~median",
        "deep,deep~equal~median",
        "deep~loud~median",
        "deep~equal~loud",
        "deep~manual~median",
        "deep~manual~median~",
        "deep~manual~median~nan",
        "deep~manual~median~3",
        "deep~manual~median~0",
        "deep~manual~median~1,1",
        "deep~equal~median~1~1",
        "<script>~equal~median",
    ],
)
def test_what_means_nothing_pins_nothing(text: str) -> None:
    assert from_text(text, MEMBERS) is None
    assert from_query({"pin": text}, MEMBERS) == default(MEMBERS)


def test_a_and_the_present_setting_change_places() -> None:
    choice = replace(default(MEMBERS), weighting="manual", manual={"shallow": 0.5, "deep": 1.0, "agrawal": 2.0})
    pin = Pin(("deep", "agrawal"), "manual", "median", (0.25, 0.75))
    there = swapped(choice, pin)
    assert there.setting() == replace(pin.setting("test", twins=True))
    assert there.pin == Pin.of(choice.setting())
    back = swapped(there, Pin.of(choice.setting()))
    assert (back.setting(), back.pin) == (choice.setting(), pin)


def test_a_paired_interval_is_that_of_images_drawn_anew() -> None:
    rng = np.random.RandomState(1)
    first, second = rng.rand(400) < 0.7, rng.rand(400) < 0.66
    low, high = paired_interval(first, second)
    assert low < first.mean() - second.mean() < high
    images = rng.randint(0, 400, (10_000, 400))
    drawn = first[images].mean(axis=1) - second[images].mean(axis=1)
    np.testing.assert_allclose((low, high), np.percentile(drawn, [2.5, 97.5]), atol=0.006)
    assert paired_interval(first, first) == (0.0, 0.0)
    assert paired_interval(second, first)[0] == pytest.approx(-high, abs=0.006)
    with pytest.raises(ValueError, match=r"^second: expected shape \[400\]"):
        paired_interval(first, second[1:])
    with pytest.raises(ValueError, match=r"^confidence: expected a share"):
        paired_interval(first, second, confidence=1.0)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def explorer_page() -> AppTest:
    return press(ran(app()), "Open with all members")


def said(at: AppTest) -> str:
    return " ".join(markdown.value for markdown in at.markdown)


def test_what_is_pinned_stays_while_the_setting_changes(root: Path) -> None:
    at, explorer = press(explorer_page(), "Pin as A"), explorer_of(open_artifacts(root))
    before = number(at)
    assert "This setting is A." in said(at)
    say(at, members=MEMBERS[1:])
    after = Setting(MEMBERS[1:])
    found = explorer.compare(Setting(MEMBERS), after)
    words = said(ran(at)).replace("−", "-")
    assert f"{before}%" in words
    assert f"{100 * found.gain:+.2f} points" in words or found.gain == 0
    assert ", exploratory)." in words  # two of three members are nobody's plan
    assert choice_of(at).to_query()["pin"] == "shallow,deep,agrawal~equal~mean_probability"
    assert number(press(at, "Back to A")) == before
    assert choice_of(at).pin.members == MEMBERS[1:]
    assert "Pin as A" in [button.label for button in press(at, "Unpin").button]


@pytest.mark.parametrize("split", ["test", "valid"])
def test_a_link_brings_what_is_pinned_to_the_images_that_are_shown(root: Path, split: str) -> None:
    at = opened("ensemble", pin="deep~equal~hard_vote", members="shallow,agrawal", on=split)
    pinned = explorer_of(open_artifacts(root)).recompute(Setting(("deep",), "equal", "hard_vote", split=split))
    assert f"**A**: deep, equal weights, hard vote, {100 * pinned.accuracy:.1f}%." in said(at)
