"""The page Confidence through Streamlit's own test runner: its numbers, computed here from the library alone."""

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.confidence import confidence_of
from fer_core.metrics.selective import risk_coverage
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.own_members import alone, foreign, joining, opened_with
from tests.pages import choice_of, headline, number, opened, ran, titles, use_shared
from tests.synthetic import NINE, artifact_files, npz
from ui.confidence.plots import PINNED

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")
FIGURES = 5


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def page(**query: str) -> AppTest:
    return opened("confidence", **query)


def html(at: AppTest) -> str:
    return headline(at)


def test_it_opens_on_all_images(root: Path) -> None:
    at, outcome = page(), explorer_of(open_artifacts(root)).recompute(Setting(NAMES))
    assert number(at) == f"{100 * outcome.accuracy:.1f}"
    assert "300 of 300" in html(at)
    assert f"{100 * outcome.ece:.1f} → " in html(at)
    drawn = titles(at)
    assert len(drawn) == FIGURES
    assert drawn[0].startswith(f"Wrong on {100 * (1 - outcome.accuracy):.1f}% of all")
    assert "right on " + f"{100 * outcome.accuracy:.1f}%" in drawn[1]
    assert drawn[3] == "Every face gets an answer"
    assert any("exploratory" in caption.value for caption in at.caption)


@pytest.mark.parametrize("cooled", [False, True])
def test_a_threshold_is_what_a_loop_counts(root: Path, cooled: bool) -> None:
    at = page(least="55", **({"cooled": "yes"} if cooled else {}))
    found = confidence_of(explorer_of(open_artifacts(root)), Setting(NAMES))
    shown = found.after if cooled else found.before
    assert shown is not None
    said = [bool(right) for share, right in zip(shown, found.right, strict=True) if share >= 0.55]
    rest = [bool(right) for share, right in zip(shown, found.right, strict=True) if share < 0.55]
    assert 0 < len(said) < 300
    assert number(at) == f"{100 * np.mean(said):.1f}"
    assert f"{len(said):,} of 300" in html(at)
    assert f"<em>right on the rest, %</em><strong>{100 * np.mean(rest):.1f}<" in html(at)
    curve = risk_coverage(shown, found.right)
    assert f"<em>AURC, %</em><strong>{100 * curve.aurc:.2f}<" in html(at)
    assert titles(at)[0].startswith(f"Wrong on {100 - 100 * np.mean(said):.1f}% of what it answers, not")
    assert at.slider[0].value == 55
    assert at.toggle[1].value is cooled


def test_the_best_member_answers_as_many(root: Path) -> None:
    at, explorer = page(least="60"), explorer_of(open_artifacts(root))
    whole, best = confidence_of(explorer, Setting(NAMES)), confidence_of(explorer, Setting((explorer.best_member,)))
    many = int((whole.before >= 0.6).sum())
    surest = np.argsort(-best.before)[:many]
    assert f"{explorer.best_member}, the best member, on as many" in html(at)
    assert f"surest images: {100 * best.right[surest].mean():.1f}% right" in html(at)


def test_the_slider_moves_the_number_and_the_link(root: Path) -> None:
    at = page()
    before = number(at)
    at.slider[0].set_value(80)
    ran(at)
    assert number(at) != before
    assert choice_of(at).to_query()["least"] == "80"


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_is_shown(root: Path, weighting: str, combiner: str) -> None:
    at = page(weights=weighting, combine=combiner, least="50", cooled="yes", twins="without", on="valid")
    assert len(titles(at)) == FIGURES
    number(at)
    assert any("PublicTest chose" in caption.value for caption in at.caption)


def test_votes_say_that_no_temperature_fits(root: Path) -> None:
    at = page(combine="hard_vote", cooled="yes")
    assert at.toggle[1].disabled
    assert any("No temperature changes a zero" in caption.value for caption in at.caption)
    assert "no temperature fits" in titles(at)[1]
    assert "→" not in html(at)


def test_a_member_with_no_weight_is_still_shown(root: Path) -> None:
    at = page(weights="manual", manual="0,1,0.5")
    outcome = explorer_of(open_artifacts(root)).recompute(Setting(NAMES, "manual", manual=(0.0, 1.0, 0.5)))
    assert number(at) == f"{100 * outcome.accuracy:.1f}"
    assert "of 3 members" in titles(at)[4]


@pytest.mark.parametrize(
    ("member", "combiner"),
    [("shallow", "mean_probability"), ("deep", "hard_vote"), ("agrawal", "mean_probability")],
)
def test_one_member_alone(root: Path, member: str, combiner: str) -> None:
    at = page(members=member, combine=combiner, least="40")
    assert member in html(at)
    assert titles(at)[4].startswith(f"{member} is off by")


def test_nobody_is_that_sure(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = {
        f"logits/{split}.npz": npz(
            logits=np.tile(np.linspace(0, 0.7, 7, dtype=np.float32), (3, 300, 1)),
            labels=np.load(root / "logits" / f"{split}.npz")["labels"],
            members=np.array(NAMES),
        )
        for split in ("valid", "test")
    }
    use_shared(monkeypatch, instead=flat)
    at = page(least="90")
    assert number(at) == "–"
    assert "no image is answered: the surest is" in html(at)
    assert titles(at)[0].startswith("Nothing is answered from 90% on")
    assert titles(at)[3] == "The ensemble abstains on everything"
    assert number(page()) != "–"


def test_nine_members_with_equal_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    files, same = artifact_files(NINE), {}
    for split in ("valid", "test"):
        held = np.load(io.BytesIO(files[f"logits/{split}.npz"]))
        logits = np.repeat(held["logits"][:1], 9, axis=0)
        same[f"logits/{split}.npz"] = npz(logits=logits, labels=held["labels"], members=np.array(NINE))
    use_shared(monkeypatch, members=NINE, instead=same)
    at = page(least="50")
    assert len(titles(at)) == FIGURES
    assert "0 of 9 members" in titles(at)[4]


def test_no_member_is_said(root: Path) -> None:
    at = page(members="none")
    assert number(at) == "–"
    assert not at.get("plotly_chart")


def spec(at: AppTest, which: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[which].proto.spec)
    return found


@pytest.mark.parametrize(
    ("classes", "members", "split"), [(10, 5, "test"), (2, 1, "valid"), (7, 20, "test"), (60, 3, "valid")]
)
def test_rows_and_classes_of_ones_own_are_called_by_their_words(
    root: Path, classes: int, members: int, split: str
) -> None:
    extra = alone(classes, members, rows=150)
    at = opened_with("confidence", extra, least="60", on=split, weights="accuracy")
    assert len(titles(at)) == FIGURES
    assert not foreign(at)
    assert re.search(rf"[\d]+ of {157 if split == 'test' else 150}<", html(at))
    assert "chose the best member and weights" in str([caption.value for caption in at.caption]) or split == "test"
    for which in (2, 3):
        names = spec(at, which)["layout"]["yaxis"]["ticktext"]
        assert len(names) == min(classes, 20)
        assert set(names) <= set(extra.classes)
        assert (f"20 of {classes} classes" in titles(at)[which]) == (classes > 20)
    rows = spec(at, 4)["layout"]["yaxis"]["ticktext"]
    assert len(rows) == members + (members > 1)


def test_members_that_join_are_among_the_rows(root: Path) -> None:
    at = opened_with("confidence", joining(root, 12), on="valid")
    assert "of 15 members" in titles(at)[4]
    assert "chose the epochs and the best member" in str([caption.value for caption in at.caption])
    assert len(spec(at, 4)["layout"]["yaxis"]["ticktext"]) == 16


@pytest.mark.parametrize(
    ("cooled", "combine"), [("no", "mean_probability"), ("yes", "mean_probability"), ("yes", "hard_vote")]
)
def test_what_is_pinned_is_drawn_beside(root: Path, cooled: str, combine: str) -> None:
    at = page(pin=f"deep,agrawal~accuracy~{combine}", least="55", cooled=cooled)
    pinned = confidence_of(explorer_of(open_artifacts(root)), Setting(("deep", "agrawal"), "accuracy", combine))
    here = confidence_of(explorer_of(open_artifacts(root)), Setting(NAMES))
    curve = risk_coverage(pinned.shown(scaled=cooled == "yes"), pinned.right)
    many = int((here.shown(scaled=cooled == "yes") >= 0.55).sum())
    right = 1 - float(curve.expected_errors(many)) / many
    assert f"A, on as many of its surest images: {100 * right:.1f}% right." in html(at)
    lines = [trace for trace in spec(at, 0)["data"] if trace.get("line", {}).get("dash") == PINNED]
    assert len(lines) == 1
    assert lines[0]["hovertemplate"].startswith("A, from")
    assert len([trace for trace in spec(at, 1)["data"] if trace.get("line", {}).get("dash") == PINNED]) == 1
    assert "A (long dashes)" in re.sub(" +", " ", titles(at)[0])
    assert "dashes: A" in titles(at)[1]


def test_the_present_setting_is_not_drawn_as_what_is_pinned(root: Path) -> None:
    at = page(pin="shallow,deep,agrawal~equal~mean_probability")
    assert not any(trace.get("line", {}).get("dash") == PINNED for trace in spec(at, 0)["data"])
    assert "dashes" not in titles(at)[1]
