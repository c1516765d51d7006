"""The page Confidence through Streamlit's own test runner: its numbers, computed here from the library alone."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting
from fer_core.ensemble.confidence import confidence_of
from fer_core.metrics.selective import risk_coverage
from fer_core.report import explorer_of
from tests.pages import number, opened, ran, use
from tests.synthetic import NINE, artifact_files, npz

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")
FIGURES = 5


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use(tmp_path, monkeypatch)


def page(**query: str) -> AppTest:
    return opened("confidence", **query)


def titles(at: AppTest) -> list[str]:
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    return [re.sub("<[^>]*>", " ", spec["layout"]["title"]["text"]) for spec in specs]


def html(at: AppTest) -> str:
    return next(element.proto.body for element in at.get("html") if "fer-big" in element.proto.body)


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
    assert at.session_state["choice"].to_query()["least"] == "80"


@pytest.mark.parametrize("combiner", COMBINERS)
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_every_scheme_is_shown(root: Path, weighting: str, combiner: str) -> None:
    at = page(weights=weighting, combine=combiner, least="50", cooled="yes", twins="without", on="valid")
    assert len(titles(at)) == FIGURES
    number(at)
    assert any("PublicTest chose" in caption.value for caption in at.caption)


def test_votes_say_that_no_temperature_fits(root: Path) -> None:
    at = page(combine="hard_vote", cooled="yes")
    assert at.toggle[1].disabled
    assert any("no temperature changes a zero" in caption.value for caption in at.caption)
    assert "no temperature fits" in titles(at)[1]
    assert "→" not in html(at)


def test_a_member_with_no_weight_is_still_shown(root: Path) -> None:
    at = page(weights="manual", manual="0,1,0.5")
    outcome = explorer_of(open_artifacts(root)).recompute(Setting(NAMES, "manual", manual=(0.0, 1.0, 0.5)))
    assert number(at) == f"{100 * outcome.accuracy:.1f}"
    assert "of 3 members" in titles(at)[4]


@pytest.mark.parametrize("member", NAMES)
@pytest.mark.parametrize("combiner", ["mean_probability", "hard_vote"])
def test_one_member_alone(root: Path, member: str, combiner: str) -> None:
    at = page(members=member, combine=combiner, least="40")
    assert member in html(at)
    assert titles(at)[4].startswith(f"{member} is off by")


def test_nobody_is_that_sure(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = {
        f"logits/{split}.npz": npz(
            logits=np.tile(np.linspace(0, 0.7, 7, dtype=np.float32), (3, 300, 1)),
            labels=np.load(root / "logits" / f"{split}.npz")["labels"],
            members=np.array(NAMES),
        )
        for split in ("valid", "test")
    }
    use(tmp_path, monkeypatch, instead=flat)
    at = page(least="90")
    assert number(at) == "–"
    assert "no image is answered: the surest is" in html(at)
    assert titles(at)[0].startswith("Nothing is answered from 90% on")
    assert titles(at)[3] == "Nobody gets an answer"
    assert number(page()) != "–"


def test_nine_members_with_equal_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, same = artifact_files(NINE), {}
    for split in ("valid", "test"):
        held = np.load(io.BytesIO(files[f"logits/{split}.npz"]))
        logits = np.repeat(held["logits"][:1], 9, axis=0)
        same[f"logits/{split}.npz"] = npz(logits=logits, labels=held["labels"], members=np.array(NINE))
    use(tmp_path, monkeypatch, members=NINE, instead=same)
    at = page(least="50")
    assert len(titles(at)) == FIGURES
    assert "0 of 9 members" in titles(at)[4]


def test_no_member_is_said(root: Path) -> None:
    at = page(members="none")
    assert number(at) == "–"
    assert not at.get("plotly_chart")
