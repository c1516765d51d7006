"""The words of the page Limits that depend on the address and the choice."""

import re
from dataclasses import replace

import pytest

from tests.pages import ROOT
from ui.kit.wording import limits_link
from ui.limits import wording
from ui.session.choice import default, from_query

NAMES = ("shallow", "deep", "agrawal")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost:8501/limits", "the machine in front of you"),
        ("http://[::1]:8501/limits", "the machine in front of you"),
        ("https://faces.example.org/limits", "`faces.example.org`: photos go to that machine"),
    ],
)
def test_the_machine_that_gets_photos_is_named(url: str, words: str) -> None:
    assert words in wording.where(url)


def test_no_address_names_no_machine() -> None:
    assert wording.where(None) == ""


def test_a_link_to_a_section_keeps_the_choice() -> None:
    choice = replace(default(NAMES), members=("deep",), twins=False)
    page, _, rest = limits_link(choice, "privacy").partition("?")
    query, _, anchor = rest.partition("#")
    assert (page, anchor) == ("limits", "privacy")
    assert from_query(dict(pair.split("=") for pair in query.split("&")), NAMES) == choice


def test_links_to_sections_name_sections() -> None:
    named = {
        anchor
        for path in (ROOT / "ui").rglob("*.py")
        for anchor in re.findall(r"limits_link\([^,]+, ['\"](\w+)['\"]\)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= set(wording.SECTIONS)
