"""The link of a step and its QR code."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.pages import ROOT
from ui.lesson.choice import KEYS, SCALES, LessonChoice
from ui.lesson.links import for_class, is_local, link, qr_image
from ui.lesson.steps import STEPS

MEMBERS = ("a", "b")
CHOICE = LessonChoice(step=4, revealed=7, present=True, alone=61)


@pytest.mark.parametrize("url", ["http://class.example:8501/lesson", "http://class.example:8501/lesson?x=1#y"])
def test_a_link_leads_to_the_step_as_it_stands(url: str) -> None:
    parts = urlsplit(link(url, CHOICE))
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "class.example:8501", "/lesson")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert LessonChoice.from_query(query, MEMBERS) == CHOICE


def test_a_link_below_a_path_stays_there() -> None:
    assert link("https://host/app/lesson", LessonChoice()) == "https://host/app/lesson?lesson=1"
    assert link(None, LessonChoice()) == "/lesson?lesson=1"


def test_a_class_guesses_anew() -> None:
    assert link("http://host/lesson", for_class(CHOICE)) == "http://host/lesson?lesson=4"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8501/lesson", True),
        ("http://127.0.0.1:8501/lesson", True),
        ("http://[::1]:8501/lesson", True),
        ("http://0.0.0.0:8501/lesson", True),
        ("http://127.class.example/lesson", False),
        ("http://192.168.1.20:8501/lesson", False),
        ("https://class.example/lesson", False),
    ],
)
def test_an_address_of_this_machine_alone_is_known(url: str, local: bool) -> None:
    assert is_local(url) == local


def test_a_qr_code_is_dark_on_white_with_its_margin() -> None:
    image = qr_image("http://host/lesson?lesson=4")
    picture = unquote(image)
    assert re.search(r'fill="#(fff|ffffff)"|fill="white"', picture.replace("'", '"'))
    assert re.search(r'stroke="#(000|000000)"|stroke="black"', picture.replace("'", '"'))
    assert 'alt="QR code of http://host/lesson?lesson=4"' in image


def test_guesses_are_what_a_slider_can_show() -> None:
    for key, scale in SCALES.items():
        default = LessonChoice().guess(key)
        assert scale.nearest(default) == default
        assert scale.nearest(scale.low) == scale.low
        assert scale.nearest(scale.high) == scale.high
        assert scale.nearest(scale.high + 1) == scale.high
        assert round((scale.high - scale.low) / scale.by, 6) == round((scale.high - scale.low) / scale.by)
    assert LessonChoice.from_query({"guess_sure": "3.333"}, MEMBERS).sure == 3.4


def test_forward_and_back_walk_the_whole_lesson() -> None:
    choice, seen = LessonChoice(), 0
    while choice != (choice := choice.forward()):
        seen += 1
    assert seen == 2 * len(KEYS) - 1
    assert (choice.step, choice.revealed) == (len(KEYS), 2 ** len(KEYS) - 1)
    for _ in KEYS:
        choice = choice.back()
    assert choice.step == 1
    assert LessonChoice(step=2).forward(skips=True) == LessonChoice(step=3)


def test_every_step_has_speaker_notes_of_the_same_title() -> None:
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^### \d+\. (.*)$", text) == [step.title for step in STEPS.values()]
    notes = re.split(r"(?m)^### .*$", text.split("\n**Take home.**")[0])[1:]
    for note in notes:
        assert re.findall(r"\*\*(.+?):\*\*", note) == ["Say", "Ask", "Usual wrong guess", "Deeper"]
        assert re.search(r"\b(1[789]|20)\d\d\b", note.split("**Deeper:**")[1]), "a source has a year"
    assert [line for line in text.splitlines() if line.startswith("## A plan")] == [
        "## A plan for 20 minutes",
        "## A plan for 45 minutes",
    ]
