"""What is chosen on the page Rescued and broken: cells, rows and classes of one's own, and what is pinned."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from fer_core.artifacts import open_artifacts
from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_of
from tests.examples import examples
from tests.own_members import alone, foreign, joining, opened_with
from tests.page_choices import MEMBERS, choices_of
from tests.pages import choice_of, number, ran
from tests.synthetic import ROSTER
from tests.votes_page import Truth, figure, first_page, page_range, said, shown, table, use_shared, votes_page
from ui.session import memory
from ui.session.choice import default
from ui.votes import controls as votes_controls
from ui.votes.cards import DARK_ON_IT, LIGHT_ON_IT, _on
from ui.votes.choice import SHOWN, VotesChoice
from ui.votes.wording import NO_PICTURES

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


@examples(100)
@given(choices_of(VotesChoice))
def test_a_cell_is_chosen_and_taken_back(choice: VotesChoice) -> None:
    once = choice.cell("sad", "fear")
    if (choice.true, choice.taken_for) == ("sad", "fear"):
        assert (once.true, once.taken_for) == ("any", "any")
    else:
        assert (once.true, once.taken_for, once.start) == ("sad", "fear", 0)
        assert (once.kind, once.dissent) == (choice.kind, choice.dissent)
        assert once.cell("sad", "fear") == VotesChoice(choice.kind, "any", "any", choice.dissent, 0, choice.against)
    assert once.cell("sad", "sad").taken_for == "sad"


def test_controls_that_change_nothing_keep_the_page() -> None:
    choice = VotesChoice(kind="all", start=24)
    controls = choice.control_values(MEMBERS)
    assert choice.taken(controls, MEMBERS, MEMBERS) == choice
    assert choice.taken(controls | {"control_votes_true": "sad"}, MEMBERS, MEMBERS).start == 0
    assert VotesChoice.from_query({"start": "23"}, MEMBERS).start == 12


def test_what_is_no_click_on_a_cell_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Session(dict[str, Any]):
        to_dict = dict.copy

    session = Session({memory.KEPT: memory.Kept(choice=default(ROSTER))})
    monkeypatch.setattr(votes_controls.st, "session_state", session)
    kept = session[memory.KEPT]
    for event in (None, {}, {"selection": {"points": []}}, {"selection": {"points": [{"x": "joy", "y": "sad"}]}}):
        session["cells_0"] = event
        votes_controls._clicked("cells_0", EMOTIONS)
        assert kept.choice == default(ROSTER)
    session["cells_0"] = {"selection": {"points": [{"x": "fear", "y": "sad"}]}}
    votes_controls._clicked("cells_0", EMOTIONS)
    assert (kept.choice.votes.true, kept.choice.votes.taken_for) == ("sad", "fear")
    votes_controls._clicked("cells_0", EMOTIONS)  # the browser says it again, until a run has ended
    assert (kept.choice.votes.true, kept.choice.votes.taken_for) == ("sad", "fear")


def test_shapes_can_be_read_on_every_colour() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for emotion, colour in COLOURS.items():
        assert _on(colour) in (DARK_ON_IT, LIGHT_ON_IT)
        low, high = sorted((luminance(colour), luminance(_on(colour))))
        assert (high + 0.05) / (low + 0.05) > 4.5, emotion


@pytest.mark.parametrize(("classes", "members"), [(10, 5), (2, 1), (7, 20), (60, 3)])
def test_rows_and_classes_of_ones_own_are_called_by_their_words(root: Path, classes: int, members: int) -> None:
    extra = alone(classes, members)
    at = opened_with("votes", extra, kind="all", weights="accuracy")
    assert len(shown(at)) == SHOWN
    assert page_range(at) == "1 to 12 of 127"
    assert at.get("download_button")[0].proto.label == "127 rows, CSV"
    assert NO_PICTURES in said(at)
    assert foreign(at) <= {"crowd", "twins"}, "but in one sentence"
    drawn, title = figure(at)["data"][0], figure(at)["layout"]["title"]["text"]
    least = min(classes, 20)
    assert len(drawn["x"]) == least**2
    assert (f"20 of {classes} classes" in title) == (classes > 20)
    for row, body in shown(at).items():
        assert f"the label</dt><dd>{extra.labels['test'][row]}</dd>" in body
        assert len(re.findall(r'aria-hidden="true">.</i>', body)) == members


def test_a_link_holds_a_class_of_ones_own_and_falls_back_elsewhere(root: Path) -> None:
    extra = alone()
    at = opened_with("votes", extra, kind="all", true="~3", taken="~99")
    assert at.selectbox(key="control_votes_true").value == "~3"
    assert at.selectbox(key="control_votes_taken_for").value == "any"
    assert list(shown(at)) == first_page(np.flatnonzero(extra.labels["test"] == 3))
    widths = np.array(figure(at)["data"][0]["marker"]["line"]["width"]).reshape(10, 10)
    assert np.flatnonzero(widths.all(axis=1)).tolist() == [3]
    at.selectbox(key="control_votes_true").set_value("~5")
    assert list(shown(ran(at))) == first_page(np.flatnonzero(extra.labels["test"] == 5))
    assert choice_of(at).to_query()["true"] == "~5"
    assert list(shown(votes_page(kind="all", true="~3"))) == list(range(SHOWN))
    for text in ("~", "3", "~" + 50 * "x", "~\x00"):
        assert VotesChoice.from_query({"true": text}, MEMBERS) == VotesChoice()


def test_a_class_is_shown_as_it_is_called(root: Path) -> None:
    extra = replace(alone(3), classes=("<b>x</b>", "any", "sad"))
    at = opened_with("votes", extra, kind="all", true="~any")
    assert list(shown(at)) == first_page(np.flatnonzero(extra.labels["test"] == 1))
    bodies = "".join(element.proto.body for element in at.get("html"))
    assert "<b>x</b>" not in bodies
    assert "&lt;b&gt;x&lt;/b&gt;" in bodies


def test_a_card_has_few_lines_however_many_the_classes(root: Path) -> None:
    extra = alone(40, 60)
    at = opened_with("votes", extra, kind="hardest")
    votes, seen = extra.logits["test"].argmax(axis=2), 0
    for row, body in shown(at).items():
        lines = re.findall(r'<li class="(label|other)"', body)
        assert 2 <= len(lines) <= 9
        assert lines.count("label") == 1
        marks = len(re.findall(r'aria-hidden="true">.</i>', body))
        others = re.findall(r"<span>others</span>(\d+) votes?, (\d+) class", body)
        assert marks + sum(int(count) for count, _ in others) == 60
        classes = {*votes[:, row].tolist(), int(extra.labels["test"][row])}
        assert len(lines) - len(others) + sum(int(many) for _, many in others) == len(classes)
        seen += len(others)
    assert seen


def test_members_that_join_vote_on_the_same_rows(root: Path) -> None:
    at = opened_with("votes", joining(root), kind="all")
    for body in shown(at).values():
        assert len(re.findall(r'title="own \d says', body)) == 2
    assert "The crowd: " in said(at)
    assert {"crowd", "emotion", "face"} & foreign(at)


PINNED = "deep,agrawal~accuracy~mean_log_probability"


def test_the_present_setting_is_held_against_what_is_pinned(root: Path) -> None:
    at = votes_page(pin=PINNED, held="pin")
    explorer, here = explorer_of(open_artifacts(root)), Setting(ROSTER)
    before = Setting(("deep", "agrawal"), "accuracy", "mean_log_probability")
    right, was = (explorer.recompute(setting).right for setting in (here, before))
    rescued, broken = np.flatnonzero(right & ~was), np.flatnonzero(was & ~right)
    assert number(at) == f"{len(rescued) - len(broken):+}".replace("-", "−")
    assert f"{len(rescued)} rescued against A, {len(broken)} broken" in said(at)
    assert list(shown(at)) == first_page(rescued)
    decided = explorer.decide(before).labels
    for row, body in shown(at).items():
        assert f"<b>A</b> says {EMOTIONS[decided[row]]}." in body
    assert "held_against" in table(at)[0]
    assert "Exploratory: this setting or A was picked with PrivateTest in view" in said(at)
    assert "fixed without looking" not in said(at)
    at.segmented_control(key="control_votes_against").set_value("best")
    truth = Truth(root)
    assert list(shown(ran(at))) == first_page(truth.rescued)
    assert "held_against" not in table(at)[0]


@pytest.mark.parametrize("pin", ["", "shallow,deep,agrawal~equal~mean_probability"])
def test_without_another_setting_pinned_the_best_member_is_what_counts(root: Path, pin: str) -> None:
    at = votes_page(pin=pin, held="pin")
    assert list(shown(at)) == first_page(Truth(root).rescued)
    assert "control_votes_against" not in [control.key for control in at.segmented_control]


def test_the_best_member_alone_rescues_from_what_is_pinned(root: Path) -> None:
    at = votes_page(pin=PINNED, held="pin", members=ROSTER[Truth(root).best], kind="broke")
    assert "rescued against A" in said(at)
    assert "alone rescues and breaks nothing" not in said(at)
