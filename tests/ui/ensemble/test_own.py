"""Members of a visitor's own on the page Ensemble: put in, explored, named in a link, and gone again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_alone, explorer_of, ours_of
from tests.examples import examples
from tests.extra_files import joining_npz, other_data
from tests.pages import app, best, choice_of, live, number, press, ran, say, use_shared
from tests.synthetic import ROSTER, npz
from tests.ui.session.test_choice import CHOICES
from ui.session import uploads
from ui.session.choice import Choice, default, from_query, moved

MORE = (*ROSTER, "mine 0", "mine 1")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, framed: None) -> Path:
    return use_shared(monkeypatch)


def upload(at: AppTest, name: str, content: bytes) -> AppTest:
    """Put a file in as a visitor does."""
    uploader = at.get("file_uploader")[0]
    uploader.set_value((name, content, "application/octet-stream"))
    return ran(at)


def explorer_page(**query: str) -> AppTest:
    at = app()
    at.query_params.update(query)
    return ran(ran(at).switch_page("pages/ensemble.py"))


def said(at: AppTest) -> str:
    return " ".join([*(m.value for m in at.markdown), *(c.value for c in at.caption), *(i.value for i in at.info)])


def boxes(at: AppTest) -> list[str]:
    return [member["name"] for member in live(at)["roster"]["members"]]


def query_of(at: AppTest) -> dict[str, str]:
    found = {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}
    assert found
    return found


def mine(root: Path, members: int = 2) -> bytes:
    return joining_npz(ours_of(open_artifacts(root)), members)


def test_members_that_join_are_counted_at_once(root: Path) -> None:
    at = upload(explorer_page(), "mine.npz", mine(root))
    assert not at.error
    assert boxes(at) == list(MORE)
    extra = at.session_state[uploads.OWN][0]
    explorer = explorer_of(open_artifacts(root), extras=[extra])
    assert number(at) == f"{100 * explorer.recompute(Setting(MORE)).accuracy:.1f}"
    rest = tuple(name for name in MORE if name != "deep")
    assert number(ran(say(at, members=rest))) == f"{100 * explorer.recompute(Setting(rest)).accuracy:.1f}"
    ran(best(at))
    press(at, "Remove")
    assert boxes(at) == list(ROSTER)


def test_other_data_is_explored_like_the_roster(root: Path) -> None:
    at = upload(explorer_page(), "data.npz", npz(**other_data(rows=200)))
    extra = at.session_state[uploads.OWN][0]
    explorer = explorer_alone(extra)
    assert number(at) == f"{100 * explorer.recompute(Setting(extra.members)).accuracy:.1f}"
    for weighting in ("accuracy", "categorical", "caruana"):
        expected = explorer.recompute(Setting(extra.members, weighting)).accuracy
        assert number(ran(say(at, weighting=weighting))) == f"{100 * expected:.1f}"
    expected = explorer.recompute(Setting(extra.members, "caruana", "stacking")).accuracy
    assert number(ran(say(at, combiner="stacking"))) == f"{100 * expected:.1f}"
    words = said(at)
    assert "PublicTest" not in words.replace("PublicTest and of PrivateTest", "").replace("on PublicTest.", "")
    at.button_group(key="own_switch").set_value(True)
    assert len(boxes(ran(at))) == len(ROSTER)
    at.button_group(key="own_switch").set_value(False)
    assert number(ran(at)) == f"{100 * expected:.1f}"


def test_a_bad_file_is_named_and_nothing_is_lost(root: Path) -> None:
    at = upload(explorer_page(), "mine.npz", mine(root))
    before = number(at)
    upload(at, "words.csv", b"some words")
    assert [error.value for error in at.error] == [
        "words.csv needs a header with the columns member, split, row and label, and one for each of at least two "
        "classes; got some words."
    ]
    assert number(at) == before
    assert len(boxes(at)) == len(MORE)


def test_a_link_names_the_file_and_waits_for_it(root: Path) -> None:
    content = mine(root)
    first = upload(explorer_page(), "mine.npz", content)
    rest = [name for name in MORE if name != "deep"]
    before = number(ran(say(first, members=rest, weighting="accuracy")))
    link = query_of(first)
    assert link["own"].startswith("mine.npz~")
    second = explorer_page(**link)
    assert "This link was made with **mine.npz**, which a link cannot carry." in said(second)
    assert query_of(second) == link
    upload(second, "mine.npz", content)
    assert number(second) == before
    assert "cannot carry" not in said(second)
    assert query_of(second) == link


def test_one_may_go_on_without_the_file(root: Path) -> None:
    at = explorer_page(own="gone.npz~0123abcd", members="mine 0,deep")
    assert "gone.npz" in said(at)
    press(at, "Go on without")
    assert "gone.npz" not in said(at)
    assert "own" not in at.query_params
    assert live(at)["setting"]["members"] == ["deep"]


def test_other_pages_keep_to_the_roster_and_nothing_is_lost_on_the_way(root: Path) -> None:
    at = upload(explorer_page(), "mine.npz", mine(root))
    before = number(ran(say(at, members=["deep", "agrawal", "mine 0"])))
    ran(at.switch_page("pages/limits.py"))
    assert choice_of(at).members == ("deep", "agrawal")
    ran(at.switch_page("pages/ensemble.py"))
    assert choice_of(at).members == ("deep", "agrawal", "mine 0")
    assert number(at) == before


@pytest.mark.parametrize("text", ["", "~", "a", "a~b", "a~0123abc", "a~0123ABCD", ",,,", "a~0123abcd~x", "9" * 5000])
def test_what_means_no_file_waits_for_none(text: str) -> None:
    assert uploads.names_in(text) == ()


def test_names_of_files_are_made_safe() -> None:
    assert uploads.names_in("<b>x,y.npz~0123abcd,<i>z</i>~89abcdef") == (
        ("y.npz", "0123abcd"),
        ("_i_z__i_", "89abcdef"),
    )
    assert uploads.safe("a,b~c<script>.npz") == "a_b_c_script_.npz"
    assert uploads.safe("") == "file"


@examples(80)
@given(CHOICES)
def test_a_choice_moves_to_more_members_and_back(choice: Choice) -> None:
    there = moved(choice, None, MORE)
    assert [name for name in there.members if name in ROSTER] == list(choice.members)
    assert {"mine 0", "mine 1"} <= set(there.members)
    assert (there.weighting, there.combiner, there.split, there.twins) == (
        choice.weighting,
        choice.combiner,
        choice.split,
        choice.twins,
    )
    back = moved(there, choice, ROSTER)
    assert (back.members, back.manual, back.setting()) == (choice.members, choice.manual, choice.setting())
    assert from_query(back.to_query(), ROSTER).members == choice.members


def test_a_choice_over_other_members_altogether_begins_anew_or_where_it_was() -> None:
    digits: tuple[str, ...] = ("svm", "forest")
    assert moved(default(ROSTER), None, digits).members == digits
    parked = default(digits).with_members(("svm",))
    assert moved(default(ROSTER), parked, digits).members == ("svm",)


def test_what_a_file_says_is_shown_as_it_is(root: Path) -> None:
    at = upload(explorer_page(), "_a_.csv", b"member,[x](http://y),**b**\nm,1,:material/home:")
    assert [error.value for error in at.error] == [r"\_a\_.csv, line 2\: '\:material/home\:' is no number."]


def test_more_than_a_page_takes_is_refused(root: Path) -> None:
    many: dict[str, Any] = {"logits": np.zeros((61, 40, 3)), "labels": np.arange(40) % 3}
    at = upload(explorer_page(), "many.npz", npz(**many))
    assert [error.value for error in at.error] == ["many.npz has 61 members; expected 1 to 60."]
