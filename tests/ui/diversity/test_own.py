"""The page Who adds what on members of a visitor's own, on very many, and with a setting pinned as A."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.diversity import MEASURES
from fer_core.format import points
from fer_core.reports.summary import explorer_alone, explorer_of
from tests.own_members import alone, foreign, joining, opened_with
from tests.pages import number, opened, use_shared
from tests.ui.diversity.test_page import ALWAYS, PLAYED, TAKEN_APART, figures, texts, title

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


@pytest.mark.parametrize("query", [{}, {"on": "valid", "twins": "without", "worth": "likelihood"}])
def test_rows_of_ones_own_are_told_in_their_own_words(root: Path, query: dict[str, str]) -> None:
    extra = alone()
    at, found = opened_with("diversity", extra, **query), explorer_alone(extra)
    outcome = found.recompute(Setting(extra.members, split=query.get("on", "test")))
    assert number(at) == points(outcome.accuracy - sum(outcome.member_accuracy.values()) / 5)
    drawn = figures(at)
    assert set(drawn) == ALWAYS | PLAYED | TAKEN_APART
    assert "% of rows" in drawn["compared"]["layout"]["xaxis"]["title"]["text"]
    assert "which of these members differ only in the seed is not known" in texts(at).lower()
    assert foreign(at) == set()
    assert foreign(opened_with("diversity", extra, weights="categorical", measure="double_fault")) == set()
    assert foreign(opened_with("diversity", extra, combine="hard_vote", worth="likelihood")) == set()


def test_one_member_and_two_classes(root: Path) -> None:
    at = opened_with("diversity", alone(classes=2, members=1, rows=20))
    assert number(at) == "–"
    assert not figures(at)
    assert foreign(at) == set()


def test_as_many_classes_as_there_may_be(root: Path) -> None:
    at = opened_with("diversity", alone(classes=60, members=3, rows=90))
    assert set(figures(at)) == ALWAYS | PLAYED | TAKEN_APART
    assert "less 1.67% of a uniform guess" in texts(at)


def test_members_that_join(root: Path) -> None:
    extra = joining(root)
    at = opened_with("diversity", extra, on="valid")
    outcome = explorer_of(open_artifacts(root), extras=(extra,)).recompute(
        Setting(("shallow", "deep", "agrawal", *extra.members), split="valid")
    )
    assert number(at) == points(outcome.accuracy - sum(outcome.member_accuracy.values()) / 5)
    assert set(figures(at)) == ALWAYS | PLAYED | TAKEN_APART
    assert "the epochs of all members but yours" in texts(at)


@pytest.mark.parametrize("weights", ["equal", "simplex"])
def test_of_many_members_there_are_no_shares(root: Path, weights: str) -> None:
    at = opened_with("diversity", alone(members=20, rows=40), weights=weights)
    drawn = figures(at)
    assert not PLAYED & set(drawn)
    assert set(drawn) >= ALWAYS | TAKEN_APART
    assert "Exact contributions are shown for at most 16 members. 20 are on" in texts(at)
    assert not [button for button in at.button if button.label.startswith("Use ")]
    assert drawn["kappa"]["data"][0]["mode"] == "markers"
    assert not any(drawn["compared"]["data"][1]["text"])
    assert "Each dot is a pair" in texts(at)
    assert "mean of 3 shuffles" in texts(at)
    few = figures(opened_with("diversity", alone(members=20, rows=40), members="own 1,own 2,own 3"))
    assert set(few) >= ALWAYS | PLAYED
    assert few["kappa"]["data"][0]["mode"] == "text"


def test_long_names_are_cut_in_figures_and_stay_apart(root: Path) -> None:
    extra = alone(members=3)
    names = tuple(f"a network with a long name, number {i}".replace(",", "") for i in range(3))
    object.__setattr__(extra, "members", names)
    drawn = figures(opened_with("diversity", extra))
    for key in ("compared", "adds", "together"):
        axis = drawn[key]["layout"]["yaxis"]
        assert len(set(axis["tickvals"])) == 3
        assert all(len(text) <= 15 for text in axis["ticktext"])
    assert all(name not in title(figure) for figure in drawn.values() for name in names)


def row(at: AppTest, name: str) -> list[float]:
    """Return the numbers of a row of the table in which A is."""
    table = next(markdown.value for markdown in at.markdown if "this − A" in markdown.value)
    cells = next(line for line in table.splitlines() if line.startswith(f"| {name}")).strip("| ").split(" | ")[1:]
    return [float("nan") if cell == "–" else float(re.sub("−", "-", cell)) for cell in cells]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_stands_beside_the_present_setting(root: Path, measure: str) -> None:
    at = opened("diversity", pin="deep,agrawal~categorical~hard_vote", measure=measure)
    found = explorer_of(open_artifacts(root))
    a = found.recompute(Setting(("deep", "agrawal"), "categorical", "hard_vote"))
    this = found.recompute(Setting(("shallow", "deep", "agrawal")))
    right = found.part("test").right
    means = [100 * right[1:].mean(), 100 * right.mean()]
    wholes = [100 * each.accuracy for each in (a, this)]
    for name, values in (
        ("ensemble", wholes),
        ("mean member", means),
        ("gain", [whole - mean for whole, mean in zip(wholes, means, strict=True)]),
        ("at least one right", [100 * right[1:].any(axis=0).mean(), 100 * right.any(axis=0).mean()]),
    ):
        assert row(at, name) == pytest.approx([*values, values[1] - values[0]], abs=0.051)
    of, scale = MEASURES[measure].of, 100 if MEASURES[measure].share else 1
    upper = of(right)[np.triu_indices(3, 1)]
    expected = [scale * of(right[1:])[0, 1], scale * upper.mean()]
    assert row(at, MEASURES[measure].title.lower())[:2] == pytest.approx(
        expected, abs=0.051 if scale == 100 else 0.0051
    )
    assert f"This setting is {points(this.accuracy - a.accuracy, 2)} points over A" in texts(at)


def test_a_of_one_member_has_no_pairs(root: Path) -> None:
    at = opened("diversity", pin="deep~equal~mean_probability")
    assert np.isnan(row(at, "disagreement")[0])
    assert row(at, "gain")[0] == 0


def test_there_is_no_table_where_there_is_no_other_setting(root: Path) -> None:
    assert "this − A" not in texts(opened("diversity"))
    assert "this − A" not in texts(opened("diversity", pin="shallow,deep,agrawal~equal~mean_probability"))
