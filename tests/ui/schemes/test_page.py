"""The page All schemes, from the entry point, on made-up artifacts."""

import importlib
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting, out_of_fold_accuracy, scheme_name, schemes
from fer_core.ensemble.schemes import paced
from fer_core.reports.summary import explorer_of
from tests.own_members import alone, foreign, joining, opened_with
from tests.pages import choice_of, number, opened, press, use_shared
from tests.synthetic import ROSTER
from ui.schemes.data import Row, together
from ui.schemes.view import compared

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def schemes_page(**query: str) -> AppTest:
    return opened("schemes", **query)


def said(at: AppTest) -> str:
    return " ".join(markdown.value for markdown in at.markdown)


def test_the_headline_is_the_present_scheme_and_the_sentence_the_one_that_validation_prefers(root: Path) -> None:
    at, explorer = schemes_page(weights="accuracy", combine="borda"), explorer_of(open_artifacts(root))
    assert number(at) == f"{100 * explorer.recompute(Setting(ROSTER, 'accuracy', 'borda')).accuracy:.1f}"
    fair = {pair: out_of_fold_accuracy(explorer, ROSTER, *pair) for pair in schemes()}
    best = max(fair, key=lambda pair: fair[pair])
    outcome = explorer.recompute(Setting(ROSTER, *best))
    assert f"**{scheme_name(*best)}** does best on PublicTest out of fold ({100 * fair[best]:.1f}%)" in said(at)
    assert f"reaches **{100 * outcome.accuracy:.2f}%**" in said(at)
    table = at.dataframe[0].value
    assert len(table) == len(schemes())
    ordered = sorted((float(f"{100 * value:.1f}") for value in fair.values()), reverse=True)
    assert [float(cell) for cell in table["out of fold, %"]] == ordered


def test_every_scheme_has_the_figures_of_the_library(root: Path) -> None:
    table = schemes_page(twins="without", members="deep,agrawal").dataframe[0].value
    explorer = explorer_of(open_artifacts(root))
    by_title = {(WEIGHTINGS[w].title if COMBINERS[c].weighs else "–", COMBINERS[c].title): (w, c) for w, c in schemes()}
    for _, row in table.iterrows():
        pair = by_title.pop((row["weights"], row["combined by"]))
        outcome = explorer.recompute(Setting(("deep", "agrawal"), *pair, twins=False))
        assert row["PrivateTest, %"] == f"{100 * outcome.accuracy:.2f}"
        valid = explorer.recompute(Setting(("deep", "agrawal"), *pair, split="valid"))
        assert row["PublicTest, %"] == f"{100 * valid.accuracy:.1f}"
    assert not by_title


def test_the_present_scheme_is_placed_among_them(root: Path) -> None:
    assert re.search(
        r"The present scheme comes as number \d+\.", said(schemes_page(weights="categorical", combine="hard_vote"))
    )
    at = schemes_page(weights="manual")
    assert "The present scheme is none of them." in said(at)
    assert any("is none of these" in caption.value for caption in at.caption)


def test_one_member_and_none(root: Path) -> None:
    assert float(number(schemes_page(members="deep"))) > 0
    at = schemes_page(members="none")
    assert number(at) == "–"
    assert not at.dataframe


def test_every_entry_is_explained_with_its_source(root: Path) -> None:
    at = schemes_page()
    words = said(at)
    for entry in (*WEIGHTINGS.values(), *COMBINERS.values()):
        assert entry.description in words
        assert entry.source in words
        assert any(entry.formula in latex.value for latex in at.latex)


@pytest.mark.parametrize(("fitted", "words"), [(0.72, "Stacking overstates most:<br>+2.0 points"),
                                               (0.702, "No scheme overstates its accuracy much")])  # fmt: skip
def test_the_title_says_which_scheme_overstates(fitted: float, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_core.metrics import Mcnemar
    from ui.kit.theme import LIGHT
    from ui.schemes import view
    from ui.session.choice import default

    monkeypatch.setattr(view, "ink", lambda: LIGHT)
    test = Mcnemar(3, 2, 1.0)
    rows = [
        Row(weighting, combiner, value, 0.70, 0.71, (0.69, 0.73), 0.01, test, 0.8, 0.05)
        for weighting, combiner, value in (("equal", "mean_probability", 0.70), ("equal", "stacking", fitted))
    ]
    figure = compared(rows, default(("deep",)))
    assert words in figure.layout.title.text
    assert figure.layout.yaxis.ticktext == ("<b>equal, mean probability</b>", "stacking")


def ticks(at: AppTest) -> list[str]:
    found: list[str] = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"]
    return found


@pytest.mark.parametrize(("classes", "members"), [(10, 5), (2, 1), (7, 20), (60, 3)])
def test_rows_and_classes_of_ones_own_are_called_by_their_words(root: Path, classes: int, members: int) -> None:
    extra = alone(classes, members, rows=300)
    at = opened_with("schemes", extra, pin="own 1~equal~mean_probability", combine="median")
    assert not foreign(at)
    table = at.dataframe[0].value
    assert len(table) == len(ticks(at)) == len(schemes())
    assert {"Validation, %", "Test, %"} <= set(table.columns)
    assert "does best on Validation out of fold" in said(at)


def test_members_that_join_are_weighed_with_the_others(root: Path) -> None:
    at = opened_with("schemes", joining(root, 17))
    assert len(choice_of(at).members) == 20
    assert len(at.dataframe[0].value) == len(schemes())


def test_the_row_of_what_is_pinned_is_marked(root: Path) -> None:
    everyone = ",".join(ROSTER)
    at = schemes_page(pin=f"{everyone}~accuracy~hard_vote")
    assert [tick for tick in ticks(at) if tick.startswith("<b>A</b>")] == [
        f"<b>A</b> · {scheme_name('accuracy', 'hard_vote')}"
    ]
    table = at.dataframe[0].value
    row = table[table["weights"].str.startswith("A · ")]
    assert row["weights"].item() == f"A · {WEIGHTINGS['accuracy'].title}"
    assert row["combined by"].item() == COMBINERS["hard_vote"].title
    outcome = explorer_of(open_artifacts(root)).recompute(Setting(ROSTER, "accuracy", "hard_vote"))
    assert row["PrivateTest, %"].item() == f"{100 * outcome.accuracy:.2f}"
    assert any("ringed: A" in caption.value for caption in at.caption)


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ("deep~equal~mean_probability", "A has other members"),
        (f"{','.join(ROSTER)}~manual~mean_probability~1,2,0", "A is none of these."),
        (f"{','.join(ROSTER)}~equal~mean_probability", ""),
        (f"{','.join(ROSTER)}~accuracy~stacking", "A makes the same decisions as the present scheme."),
    ],
)
def test_what_is_pinned_without_a_row_says_why(root: Path, pin: str, words: str) -> None:
    at = schemes_page(pin=pin, combine="stacking" if "stacking" in pin else "mean_probability")
    assert not any("<b>A</b>" in tick for tick in ticks(at))
    assert not at.dataframe[0].value["weights"].str.startswith("A ").any()
    captions = [caption.value for caption in at.caption if caption.value.startswith("A ")]
    assert bool(captions) == bool(words)
    assert all(caption.startswith(words) for caption in captions)


def test_where_weights_count_nothing_any_of_them_is_the_present_scheme(root: Path) -> None:
    at = schemes_page(weights="accuracy", combine="stacking")
    assert re.search(r"The present scheme comes as number \d+\.", said(at))


def test_what_takes_long_comes_when_it_is_asked_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("fer_core.ensemble.schemes")  # its name is also that of a function
    monkeypatch.setattr(module, "LARGE", 1000.0)
    monkeypatch.setattr(module, "TOO_SLOW", 1000.0)
    quick = [
        (weighting, rule)
        for weighting, rule in schemes()
        if COMBINERS[rule].fit is None and not WEIGHTINGS[weighting].joint
    ]
    at = opened_with("schemes", alone(9, 2, rows=77))
    assert len(at.dataframe[0].value) == len(quick) < len(schemes())
    assert any("they would take minutes with so many classes: " in caption.value for caption in at.caption)
    press(at, f"Fit {len(schemes()) - len(quick) - 1} more")
    assert len(at.dataframe[0].value) == len(schemes()) - 1
    assert not any(button.label.startswith("Fit") for button in at.button)


def test_work_is_bounded_whatever_the_classes() -> None:
    """Of the roster nothing waits; of 1,000 classes what is fitted in rounds does, and stacking is left out."""
    roster, digits, thousand = paced(3589, 9, 7), paced(900, 3, 10), paced(1000, 3, 1000)
    assert roster.quick == digits.quick == schemes()
    assert thousand.too_slow == [("equal", "stacking")]
    assert {weighting for weighting, _ in thousand.slow} == {"equal", "simplex", "caruana"}
    assert {*thousand.quick, *thousand.slow, *thousand.too_slow} == set(schemes())
    for kinds in (thousand.quick, thousand.slow):
        assert sorted(pair for group in together(kinds) for pair in group) == sorted(kinds)
