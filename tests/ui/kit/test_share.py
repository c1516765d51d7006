"""The link on every page, and what it cannot carry."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests import ROOT
from tests.pages import opened
from ui.shell.navigation import LINK_OF_THEIR_OWN

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@pytest.fixture
def root(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch, framed: None) -> Path:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    return photo_artifacts


def links(at: AppTest) -> list[str]:
    return [code.value for code in at.code if "members=" in code.value]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "lesson"])
def test_every_page_has_one_link_that_holds_the_whole_choice(root: Path, page: str) -> None:
    at = opened(page, members="deep,agrawal", weights="categorical", pin="deep~equal~median", cost="parameters")
    assert len(links(at)) == 1
    for part in ("members=deep,agrawal", "weights=categorical", "pin=deep~equal~median", "cost=parameters"):
        assert part in links(at)[0]
    assert page in LINK_OF_THEIR_OWN or at.code[-1].value == links(at)[0]


@pytest.mark.parametrize(
    ("photos", "words"),
    [("1", "made with a photo, which a link does not carry: add"), ("3", "made with 3 photos"), ("0", "")],
)
def test_a_link_from_photos_says_that_they_stayed_behind(root: Path, photos: str, words: str) -> None:
    at = opened("try_a_face", photos=photos)
    said = [info.value for info in at.info]
    assert any(words in text for text in said) if words else not said
    assert not opened("limits", photos=photos).info


@pytest.mark.parametrize("photos", ["", "-1", "1e3", "9999", "<b>", "\u0661\u0662\u0663\u0664", "²"])
def test_what_is_no_number_of_photos_is_none(root: Path, photos: str) -> None:
    assert not opened("try_a_face", photos=photos).info
