"""The words of the page Limits that depend on the address, the choice and what was found."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import choose
from fer_core.metrics.crowd import Share
from fer_core.reports.summary import explorer_of
from tests.pages import ROOT, use_shared
from ui.kit.wording import limits_link
from ui.limits import wording
from ui.limits.data import Crowd, Limits, ends
from ui.session.choice import default, from_query

NAMES = ("shallow", "deep", "agrawal")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


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


def made(root: Path, answer: int, label: int) -> tuple[Limits, Crowd]:
    """Return figures by which the ensemble gives the crowd's answer and the label so often on ten images."""
    explorer = explorer_of(open_artifacts(root))
    outcome = explorer.recompute(choose(explorer).setting)
    half = {"share": 0.5, "interval": [0.4, 0.6]}
    figures = {"plurality": half, "agreed_label": {"share": label / 10}, "agreed_crowd": {"share": answer / 10}}
    quality = {"images": 20, "with_plurality": 15, "agreed": 10, "labels": figures, "chosen": figures}
    share, counts = Share(1, 2), np.ones((3, 7), np.int64)
    crowd = Crowd(quality, (share,) * 7, False)
    return Limits(outcome, crowd, counts, (share,) * 7, share, share, share, np.zeros((7, 48, 48), np.uint8)), crowd


def test_errors_are_put_on_the_labels_only_where_the_crowd_is_nearer(root: Path) -> None:
    assert "the labels' own" in wording.labels(*made(root, 9, 8))
    assert "the labels' own" not in wording.labels(*made(root, 8, 8))


def test_the_emotion_found_least_is_named_only_where_it_is_another_one(root: Path) -> None:
    limits, _ = made(root, 9, 8)
    counts = np.full((3, 7), 10)
    counts[:, 1] = 2
    rare, common = (
        replace(limits, counts=counts, found=tuple(Share(0 if code == at else 1, 2) for code in range(7)))
        for at in (1, 2)
    )
    assert "Rarity is not the only reason" not in wording.imbalance(rare)
    assert (
        "Rarity is not the only reason: fear has 10 Training images and is found least often (0.0%)"
        in wording.imbalance(common)
    )


def test_the_ends_leave_out_what_nobody_saw() -> None:
    assert ends([Share(0, 0), Share(3, 4), Share(1, 4), Share(4, 4)]) == (2, 3)
    assert ends([Share(0, 0), Share(0, 0)]) == (0, 0)
