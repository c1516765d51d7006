"""The words of the page Limits that depend on the address and the choice."""

from dataclasses import replace

import pytest

from ui import limits_text
from ui.choice import default, from_query

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
    assert words in limits_text.where(url)


def test_no_address_names_no_machine() -> None:
    assert limits_text.where(None) == ""


def test_a_link_to_a_section_keeps_the_choice() -> None:
    choice = replace(default(NAMES), members=("deep",), twins=False)
    page, _, rest = limits_text.link(choice, "privacy").partition("?")
    query, _, anchor = rest.partition("#")
    assert (page, anchor) == ("limits", "privacy")
    assert from_query(dict(pair.split("=") for pair in query.split("&")), NAMES) == choice
    with pytest.raises(ValueError, match=r"anchor: expected one of labels, imbalance.*got 'nowhere'"):
        limits_text.link(choice, "nowhere")
