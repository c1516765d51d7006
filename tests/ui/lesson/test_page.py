"""The page Lesson through Streamlit's own test runner: no answer before it is asked for, and all of it in the link."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting, choose
from fer_core.reports.summary import explorer_of
from tests.pages import choice_of, number, opened, ran, use_shared
from tests.synthetic import NINE, ROSTER, artifact_files, npz
from ui.lesson import view
from ui.lesson.choice import KEYS, SCALES, LessonChoice
from ui.lesson.step import Asked, Step, Told
from ui.lesson.steps import STEPS

pytestmark = pytest.mark.usefixtures("framed")
FORWARD, BACK = "lesson_forward", "lesson_back"


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def push(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click()
    return ran(at)


def lesson(at: AppTest) -> LessonChoice:
    found: LessonChoice = choice_of(at).lesson
    return found


def texts(at: AppTest) -> str:
    """Return everything that a browser gets of the page, figures and HTML included, but the style."""
    found = [element.proto.body for element in at.get("html") if "<style>" not in element.proto.body]
    found += [element.value for element in [*at.markdown, *at.title, *at.caption]]
    return "\n".join([*found, *(chart.proto.spec for chart in at.get("plotly_chart"))])


def places(figure: dict[str, Any]) -> Iterator[float]:
    """Yield every place on the axis that a figure speaks of."""
    drawn = figure["layout"]
    yield from drawn["xaxis"]["range"]
    for trace in figure["data"]:
        yield from trace["x"]
    for each in [*drawn.get("shapes", ()), *drawn.get("annotations", ())]:
        if each.get("xref") != "x domain":
            yield from (each[name] for name in ("x", "x0", "x1") if name in each)


def loaded(root: Path) -> Any:
    """Return of what is loaded as much as the steps ask for."""
    artifacts = open_artifacts(root)
    explorer = explorer_of(artifacts)
    chosen = choose(explorer)
    best = chosen.setting
    outcome = explorer.recompute(Setting(best.members, best.weighting, best.combiner))
    return SimpleNamespace(explorer=explorer, members=explorer.members, chosen=chosen, outcome=outcome)


@pytest.mark.parametrize("members", [ROSTER, NINE, ("only",), ("a", "b")], ids=len)
def test_the_whole_lesson_tells_nothing_before_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, members: tuple[str, ...]
) -> None:
    """`told` is called for no step whose answer is not out yet, and no figure or word of the page has it otherwise."""
    has = loaded(use_shared(monkeypatch, members=members))
    at = opened("lesson")
    for place, key in enumerate(KEYS, start=1):
        step, scale = STEPS[key], SCALES[key]
        assert lesson(at).step == place
        assert at.title[0].value == step.title
        asked = step.ask(has)
        if asked.why_not:
            assert number(at) == "–"
            assert asked.why_not in texts(at)
            assert not at.get("plotly_chart")
            assert not at.slider
            if place < len(KEYS):
                push(at, FORWARD)
            continue
        guess = scale.nearest(scale.low + 0.3 * (scale.high - scale.low))
        at.slider[0].set_value(guess)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(view, "told", forbidden(at, place))
            ran(at)
        told = step.tell(has)
        assert lesson(at).guess(key) == guess
        assert number(at) == step.text(guess, scale.digits)
        assert told.said not in texts(at)
        assert told.lesson not in texts(at)
        figure = json.loads(at.get("plotly_chart")[0].proto.spec)
        known = [value for mark in asked.marks for value in mark.values]
        if all(abs(told.truth - value) > 1e-9 for value in [*known, guess]):
            assert [value for value in places(figure) if abs(value - told.truth) < 1e-9] == [], key
        push(at, FORWARD)
        assert number(at) == step.text(told.truth)
        assert told.said in texts(at)
        assert step.verdict(guess, told.truth) in texts(at)
        assert at.slider[0].disabled
        assert (told.flag is None) == ("chosen on the test set" not in texts(at))
        if place < len(KEYS):
            push(at, FORWARD)
    assert [button.label for button in at.button if "explorer" in button.label]


def forbidden(at: AppTest, place: int) -> Any:
    """Return a stand-in for `told` that knows only steps before a place."""

    def tell(has: Any, key: str) -> Told:
        assert KEYS.index(key) < place - 1, f"the answer of {key} is computed before it was asked for"
        return STEPS[key].tell(has)

    return tell


def test_the_link_of_the_last_step_restores_it_for_somebody_else(root: Path) -> None:
    at = opened("lesson")
    for key in KEYS:
        if at.slider:
            at.slider[0].set_value(SCALES[key].nearest(SCALES[key].high / 3))
            push(ran(at), FORWARD)
        if not at.button(key=FORWARD).disabled:
            push(at, FORWARD)
    query = {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}
    other = opened("lesson", **query)
    assert lesson(other) == lesson(at)
    assert texts(other) == texts(at)
    assert "On average your guesses are" in texts(at)


def test_the_summary_has_every_guess_and_how_far_it_is(root: Path) -> None:
    has, choice = loaded(root), LessonChoice(step=len(KEYS), revealed=2 ** len(KEYS) - 1)
    at = opened("lesson", **choice.to_query())
    able = [key for key in KEYS if not STEPS[key].ask(has).why_not]
    lines = next(element.value for element in at.markdown if "| step |" in element.value).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")][2:]
    assert [row[0] for row in rows] == [STEPS[key].title for key in able]
    away = [abs(choice.guess(key) - STEPS[key].tell(has).truth) for key in able]
    assert [float(row[3]) for row in rows] == [
        round(each, STEPS[key].exact) for key, each in zip(able, away, strict=True)
    ]
    assert f"**{sum(away) / len(away):.1f}** points" in lines[-1]


def test_a_presenter_sees_one_thing_at_a_time(root: Path) -> None:
    at = opened("lesson", present="yes", guess_alone="70")
    assert (number(at), len(at.slider), len(at.get("plotly_chart"))) == ("?", 0, 0)
    push(at, FORWARD)
    assert (number(at), len(at.slider), len(at.get("plotly_chart"))) == ("70", 1, 1)
    push(at, BACK)
    assert number(at) == "?"
    push(push(at, FORWARD), FORWARD)
    assert number(at) not in ("?", "70")
    push(at, FORWARD)
    assert (lesson(at).step, number(at)) == (2, "?")
    assert not at.code
    at.toggle(key="control_lesson_present").set_value(False)
    assert number(ran(at)) != "?"
    assert len(at.code) == 2


def test_the_keys_of_a_remote_control_do_the_same(root: Path) -> None:
    at = opened("lesson")
    shortcuts = {button.key: button.proto.shortcut.lower() for button in at.button if button.proto.shortcut}
    assert shortcuts == {
        FORWARD: "right",
        BACK: "left",
        "lesson_page_down": "pagedown",
        "lesson_page_up": "pageup",
    }
    push(push(at, "lesson_page_down"), "lesson_page_down")
    assert (lesson(at).step, lesson(at).revealed) == (2, 1)
    push(push(at, "lesson_page_up"), "lesson_page_up")
    assert (lesson(at).step, lesson(at).revealed) == (1, 1)


def test_the_explorer_opens_at_the_chosen_ensemble_and_the_lesson_is_kept(root: Path) -> None:
    at = opened("lesson", lesson=str(len(KEYS)), revealed=str(2 ** len(KEYS) - 1))
    next(button for button in at.button if button.label == "Open the explorer here").click()
    ran(at)
    chosen = choose(explorer_of(open_artifacts(root))).setting
    choice = choice_of(at)
    assert (choice.members, choice.weighting, choice.combiner) == (chosen.members, chosen.weighting, chosen.combiner)
    assert choice.split == "test"
    assert choice.lesson.step == len(KEYS)
    assert at.get("bidi_component")


def test_starting_over_forgets_guesses(root: Path) -> None:
    at = opened("lesson", lesson=str(len(KEYS)), revealed=str(2 ** len(KEYS) - 1), guess_sure="4")
    next(button for button in at.button if button.label == "Start over").click()
    assert lesson(ran(at)) == LessonChoice()


def test_the_lesson_is_of_all_members_whatever_is_switched_on(root: Path) -> None:
    here, there = (opened("lesson", lesson="4", revealed="1023", **more) for more in ({}, {"members": "deep"}))
    assert texts(here) == texts(there)


@pytest.mark.parametrize("query", [{"lesson": "0"}, {"lesson": "11"}, {"lesson": "x"}, {"guess_alone": "101"}])
def test_a_bad_link_begins_at_the_beginning(root: Path, query: dict[str, str]) -> None:
    at = opened("lesson", **query)
    assert lesson(at) == LessonChoice()
    assert number(at) == "50"


def test_equal_members_rescue_none_and_copies_stay_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    instead = {}
    for split in ("valid", "test"):
        held = np.load(io.BytesIO(artifact_files()[f"logits/{split}.npz"]))
        logits = np.repeat(held["logits"][:1], len(ROSTER), axis=0)
        instead[f"logits/{split}.npz"] = npz(logits=logits, labels=held["labels"], members=held["members"])
    has = loaded(use_shared(monkeypatch, instead=instead))
    for key in KEYS:
        at = opened("lesson", lesson=str(KEYS.index(key) + 1), revealed="1023")
        asked = STEPS[key].ask(has)
        assert (number(at) == "–") == (asked.why_not is not None)
    assert STEPS["together"].tell(has).truth == STEPS["copies"].tell(has).truth == 0
    assert "rescues none" in (STEPS["rescued"].ask(has).why_not or "")


@pytest.mark.parametrize("key", KEYS)
def test_every_step_is_short(root: Path, key: str) -> None:
    has = loaded(root)
    asked = STEPS[key].ask(has)
    assert STEPS[key].title.endswith("?")
    if asked.why_not is None:
        assert len(re.findall(r"[.?](?= |$)", asked.question)) <= 3
        assert asked.question.endswith("?")


def test_a_verdict_says_which_way() -> None:
    step = Step("T?", "x", " points", lambda _: Asked(), lambda _: Told(0, "", ""), signed=True)
    assert step.verdict(2.0, 2.04) == "you guessed exactly that"
    assert step.verdict(3.0, 2.0) == "you guessed 1.0 point too high"
    assert step.verdict(-1.0, 2.0) == "you guessed 3.0 points too low"
    assert (step.text(-0.6), step.text(0.04), step.text(2)) == ("−0.6", "0.0", "+2.0")
