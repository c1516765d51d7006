"""What pages show where something fails that nobody foresaw."""

import logging
from pathlib import Path

import pytest

import ui.data.artifacts
import ui.kit.analysis
import ui.kit.boundary
from tests.own_members import joining, opened_with
from tests.pages import choice_of, opened, press, use_shared

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ui.kit.boundary, "developing", lambda: False)
    return use_shared(monkeypatch)


def fails(*_: object, **__: object) -> None:
    raise ZeroDivisionError("secret words")


def test_a_file_that_breaks_the_frame_can_be_removed(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ui.data.artifacts, "explorer_alone", fails)
    explorer_of = ui.data.artifacts.explorer_of
    monkeypatch.setattr(
        ui.data.artifacts, "explorer_of", lambda found, extras=(): fails() if extras else explorer_of(found)
    )
    with caplog.at_level(logging.ERROR, logger="fer_explorer"):
        at = opened_with("ensemble", joining(root))
    (said,) = [one.value for one in at.warning]
    assert ui.kit.boundary.UNFORESEEN in said
    assert "Remove them to get the page back" in said
    assert "secret" not in said
    number = said.split()[-1].rstrip(".")
    assert number in caplog.text
    assert "ZeroDivisionError: secret words" in caplog.text
    press(at, "Remove joining.npz")
    assert not at.warning
    assert at.get("bidi_component")


def test_a_page_that_fails_says_so_and_can_start_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ui.kit.analysis.page
    monkeypatch.setattr(ui.kit.analysis, "page", fails)
    at = opened("gain", members="deep,agrawal")
    assert [one.value.startswith(ui.kit.boundary.UNFORESEEN) for one in at.warning] == [True]
    assert any("members=deep,agrawal" in code.value for code in at.code), "the frame is there all the same"
    monkeypatch.setattr(ui.kit.analysis, "page", real)
    press(at, "Start over")
    assert not at.warning
    assert choice_of(at).members == ("shallow", "deep", "agrawal")


def test_a_developer_sees_the_exception(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.kit.boundary, "developing", lambda: True)  # as it is in all other tests
    at = opened("limits")
    monkeypatch.setattr(ui.kit.analysis, "page", fails)
    at.switch_page("pages/gain.py").run()
    assert len(at.exception) == 1
    assert not at.warning
