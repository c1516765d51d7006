"""Open one page on made-up artifacts."""

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests import ROOT
from tests.synthetic import write_artifacts
from ui.session import memory
from ui.session.choice import Choice


def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Path:
    """Write made-up artifacts, let the app use them, and return their folder; more : as `write_artifacts` takes it."""
    folder = write_artifacts(tmp_path / "artifacts", **more)
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    return folder


def app() -> AppTest:
    """Return the app before its first run."""
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)


def ran(at: AppTest) -> AppTest:
    """Run the app and hold it to raise nothing."""
    at.run()
    assert not at.exception, [error.message for error in at.exception]
    return at


def opened(page: str, **query: str) -> AppTest:
    """Open a page of the app, by the name of its file, with query parameters."""
    at = app()
    at.query_params.update(query)
    ran(at).switch_page(f"pages/{page}.py")
    return ran(at)


def press(at: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    next(button for button in at.button if button.label == label).click()
    return ran(at)


def number(at: AppTest) -> str:
    """Return the big number as it is shown."""
    bodies = [element.proto.body for element in at.get("html")]
    found = [match[1] for body in bodies if (match := re.search(r'class="fer-big"[^>]*><b>([^<]*)', body))]
    assert len(found) == 1
    return found[0]


def choice_of(at: AppTest) -> Choice:
    """Return what the session has chosen."""
    choice: Choice | None = at.session_state[memory.KEPT].choice
    assert choice is not None
    return choice
