"""Every page through Streamlit's own test runner, from the entry point, on made-up artifacts."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, Setting
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.pages import app, best, choice_of, live, number, press, ran, say, use, use_shared

HOME, EXPLORER = 0, "Open with all members"


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def explorer_page() -> AppTest:
    return press(ran(app()), EXPLORER)


def expected(root: Path, setting: Setting) -> str:
    return f"{100 * explorer_of(open_artifacts(root)).recompute(setting).accuracy:.1f}"


def test_home_shows_the_chosen_ensemble_and_three_doors(root: Path) -> None:
    at = ran(app())
    assert len(at.button) == 3
    assert float(number(at)) > 0
    assert any("McNemar" in markdown.value for markdown in at.markdown)


@pytest.mark.parametrize("door", range(3))
def test_every_door_opens_the_explorer(root: Path, door: int) -> None:
    at = ran(app())
    at.button[door].click()
    ran(at)
    assert len(live(at)["roster"]["members"]) == 3


def test_switching_a_member_off_moves_the_number(root: Path) -> None:
    at = explorer_page()
    members = ("shallow", "deep", "agrawal")
    assert number(at) == expected(root, Setting(members))
    ran(say(at, members=members[1:]))
    assert number(at) == expected(root, Setting(members[1:]))
    assert live(at)["seq"] == 1
    ran(at)
    assert (number(at), live(at)["seq"]) == (expected(root, Setting(members[1:])), 1)  # an input counts once


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_shows_the_figures_of_the_library(root: Path, weighting: str, combiner: str) -> None:
    at = ran(say(explorer_page(), weighting=weighting, combiner=combiner))
    members = ("shallow", "deep", "agrawal")
    manual = (1.0, 1.0, 1.0) if weighting == "manual" else ()
    assert number(at) == expected(root, Setting(members, weighting, combiner, manual))
    assert COMBINERS[combiner].formula in at.latex[0].value


def test_none_one_and_all_members(root: Path) -> None:
    at = ran(say(explorer_page(), members=[]))
    assert number(at) == "–"
    assert not at.get("plotly_chart")
    for members in (("deep",), ("shallow", "deep", "agrawal")):
        assert number(ran(say(at, members=members))) == expected(root, Setting(members))


def test_all_weights_zero_is_said(root: Path) -> None:
    at = ran(say(explorer_page(), weighting="manual", manual=[0, 0, 0]))
    assert number(at) == "–"
    assert number(ran(say(at, manual=[0, 0, 0.5]))) == expected(root, Setting(("agrawal",)))


def test_validation_is_flagged_as_flattering(root: Path) -> None:
    at = ran(say(explorer_page(), split="valid", weighting="categorical"))
    captions = " ".join(caption.value for caption in at.caption)
    assert "PublicTest chose" in captions
    assert "out of fold" in captions


def test_best_subset_is_the_best_on_validation(root: Path) -> None:
    at = ran(best(explorer_page()))
    explorer = explorer_of(open_artifacts(root))
    chosen = choice_of(at).members
    assert live(at)["setting"]["members"] == list(chosen)
    figure = explorer.recompute(Setting(chosen, split="valid")).accuracy
    others = [("shallow",), ("deep",), ("agrawal",), ("deep", "agrawal"), ("shallow", "deep", "agrawal")]
    assert all(figure >= explorer.recompute(Setting(other, split="valid")).accuracy for other in others)


def test_a_link_restores_the_state(root: Path) -> None:
    at = app()
    at.query_params.update({"members": "deep", "weights": "accuracy", "on": "valid", "twins": "without"})
    ran(at)
    choice = choice_of(at)
    assert (choice.members, choice.weighting, choice.split, choice.twins) == (("deep",), "accuracy", "valid", False)


def test_no_artifacts_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "none"))
    at = ran(app())
    assert "collect" in at.info[0].value
    assert not at.button


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = use(tmp_path, monkeypatch) / "logits" / "test.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    at = ran(app())
    assert "test.npz" in at.info[0].value
