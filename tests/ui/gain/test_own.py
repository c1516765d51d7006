"""The page Gain on members of a visitor's own, on very many, and with a setting pinned as A."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.format import percent, points
from fer_core.reports.summary import explorer_alone, explorer_of
from tests.own_members import alone, foreign, joining, opened_with
from tests.pages import number, opened, ran, use_shared
from tests.ui.gain.test_page import dots, facts, figures, plain, subsets, title

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def said(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.caption, *at.markdown, *at.info])


def marked(figure: dict[str, Any]) -> tuple[float, float] | None:
    """Return where A is in a figure, None where it is not."""
    found = [trace for trace in figure["data"] if trace.get("name") == "A"]
    return (plain(found[0]["x"])[0], plain(found[0]["y"])[0]) if found else None


@pytest.mark.parametrize("query", [{}, {"on": "valid", "path": "backward", "twins": "without"}])
def test_rows_of_ones_own_are_told_in_their_own_words(root: Path, query: dict[str, str]) -> None:
    extra = alone()
    at, found = opened_with("gain", extra, **query), explorer_alone(extra)
    split = query.get("on", "test")
    outcome = found.recompute(Setting(extra.members, split=split))
    assert number(at) == points(outcome.accuracy - sum(outcome.member_accuracy.values()) / 5)
    drawn = figures(at)
    assert set(drawn) == {"gain_subsets", "gain_path", "gain_both"}
    assert len(dots(drawn["gain_subsets"])) == 31
    assert drawn["gain_both"]["layout"]["xaxis"]["title"]["text"] == "Validation accuracy, %"
    assert "The cost of these members is not known" in said(at)
    assert "Validation, %" in facts(at)
    assert foreign(at) == set()
    assert "twin" not in said(at)
    assert "epochs" not in said(at)


def test_one_member_and_two_classes(root: Path) -> None:
    at = opened_with("gain", alone(classes=2, members=1, rows=20))
    assert number(at) == "0.0"
    assert set(figures(at)) == {"gain_subsets", "gain_path", "gain_both"}
    assert foreign(at) == set()


def test_members_that_join_have_no_cost(root: Path) -> None:
    extra, cards = joining(root), open_artifacts(root).cards
    at = opened_with("gain", extra)
    drawn = figures(at)
    assert len(dots(drawn["gain_subsets"])) == len(dots(drawn["gain_both"])) == 31
    assert {tuple(words.split(" + ")) for words in dots(drawn["gain_cost"])} == set(subsets(NAMES))
    assert dots(drawn["gain_cost"], "x")["shallow + agrawal"] == cards["shallow"].macs + cards["agrawal"].macs
    known = {words: value for words, value in dots(drawn["gain_subsets"]).items() if "own" not in words}
    assert dots(drawn["gain_cost"]) == pytest.approx(known)
    assert not accented(drawn["gain_cost"])
    assert "The cost of your own members is not known" in said(at)
    assert accented(figures(opened_with("gain", extra, members="shallow,deep"))["gain_cost"])
    only = opened_with("gain", extra, weights="manual", manual="0,0,0,1,1")
    assert "gain_few" in figures(only)
    assert title(figures(only)["gain_few"]).split("<br>")[0].count(" is best of those with a known cost: ") == 1


def accented(figure: dict[str, Any]) -> bool:
    """Tell whether the present choice is in a figure of costs."""
    return any(trace.get("marker", {}).get("size") == 16 for trace in figure["data"])


def test_of_too_many_members_the_subsets_of_those_that_are_on_are_shown(root: Path) -> None:
    extra = alone(members=20, rows=40)
    at = opened_with("gain", extra, path="backward")
    assert figures(at) == {}
    assert sum("at most 16 members. 20 are on, so switch some off" in info.value for info in at.info) == 3
    assert not [button for button in at.button if button.label.startswith("Use ")]
    assert facts(at)["rank among all subsets"] == "–"
    assert "gain_path" in figures(opened_with("gain", extra))
    some = opened_with("gain", extra, members="own 2,own 5,own 20", pin="own 1,own 2~equal~mean_probability")
    drawn = figures(some)
    assert len(dots(drawn["gain_subsets"])) == 7
    assert facts(some)["rank among its subsets"].endswith(" of 7")
    assert "Only those of 20 members that are on" in said(some)
    assert marked(drawn["gain_both"]) is None  # A is none of these subsets
    at_a = marked(drawn["gain_subsets"])
    assert at_a is not None
    assert at_a[0] == 2


def test_so_many_rows_and_classes_that_fewer_members_are_too_many(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fer_core.ensemble.subsets.every.WORK", 300 * 7 * 4)
    at = opened("gain")
    assert sum("at most 2 members. 3 are on" in info.value for info in at.info) == 2
    assert "gain_subsets" in figures(opened("gain", members="deep,agrawal"))


@pytest.mark.parametrize("scheme", ["equal~mean_probability", "categorical~hard_vote", "simplex~mean_probability"])
def test_a_is_marked_where_it_stands(root: Path, scheme: str) -> None:
    at = opened("gain", members="shallow,deep,agrawal", pin=f"shallow,agrawal~{scheme}")
    weighting, combiner = scheme.split("~")
    found, cards = explorer_of(open_artifacts(root)), open_artifacts(root).cards
    a = Setting(("shallow", "agrawal"), weighting, combiner)
    outcome, drawn = found.recompute(a), figures(at)
    accuracy = pytest.approx(100 * outcome.accuracy)
    of_size, of_cost = marked(drawn["gain_subsets"]), marked(drawn["gain_cost"])
    assert of_size is not None
    assert round(of_size[0]) == 2
    assert of_size[1] == accuracy
    assert of_cost == (cards["shallow"].macs + cards["agrawal"].macs, accuracy)
    words = "shallow + agrawal"
    same = scheme == "equal~mean_probability"
    assert (marked(drawn["gain_both"]) is not None) == same
    if same:
        assert of_size[0] == dots(drawn["gain_subsets"], "x")[words]
        assert marked(drawn["gain_both"]) == (dots(drawn["gain_both"], "x")[words], accuracy)
    mean = np.mean([outcome.member_accuracy[name] for name in a.members])
    bodies = " ".join(element.proto.body for element in at.get("html"))
    ahead = points(outcome.accuracy - mean)
    assert f"A ({percent(outcome.accuracy)}%): {ahead} points over the mean of its 2" in bodies
    assert "A: what is pinned" in said(at)


def test_a_is_nowhere_where_it_is_the_choice_itself(root: Path) -> None:
    at = opened("gain", pin="shallow,deep,agrawal~equal~mean_probability")
    assert all(marked(figure) is None for figure in figures(at).values())
    assert "what is pinned" not in said(at)
    at.button(key="gain_step").click()
    assert facts(ran(at))["step"] == "2 of 20"


def test_weights_of_a_are_those_of_a(root: Path) -> None:
    query = {"weights": "manual", "manual": "1,0.5,2", "members": "shallow,deep"}
    drawn = figures(opened("gain", pin="shallow,agrawal~manual~mean_probability~1,2", **query))
    assert marked(drawn["gain_both"]) is not None
    drawn = figures(opened("gain", pin="shallow,agrawal~manual~mean_probability~1,1", **query))
    assert marked(drawn["gain_both"]) is None
    found = explorer_of(open_artifacts(root)).recompute(Setting(("shallow", "agrawal"), "manual", manual=(1.0, 1.0)))
    assert marked(drawn["gain_subsets"]) == (2, pytest.approx(100 * found.accuracy))


def test_a_under_a_scheme_whose_subsets_cannot_be_scored(root: Path) -> None:
    drawn = figures(opened("gain", combine="stacking", pin="deep~equal~mean_probability"))
    assert marked(drawn["gain_few"]) is not None
