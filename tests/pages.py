"""Open one page on made-up artifacts."""

import atexit
import json
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from tests import ROOT
from tests.synthetic import write_artifacts
from ui.session import memory
from ui.session.choice import Choice
from ui.session.live import INPUT

# AppTest looks through all installed packages for components at each first run, which takes longer than most pages.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
SHARED: dict[Path, dict[str, int]] = {}
"""Folders of artifacts that tests share, and when their files were last written, in nanoseconds."""


def use_shared(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Path:
    """Let the app use made-up artifacts that no test changes, and return their folder; more : as `use` takes it.

    What the app has computed from them is still there in the next test that uses them.
    """
    instead = tuple(sorted(more.pop("instead", {}).items()))
    folder = _shared(instead, **more)
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    return folder


@cache
def _shared(instead: tuple[tuple[str, bytes], ...], **more: Any) -> Path:
    parent = tempfile.mkdtemp(prefix="fer-tests-")
    atexit.register(shutil.rmtree, parent, ignore_errors=True)
    folder = write_artifacts(Path(parent) / "artifacts", instead=dict(instead), **more)
    SHARED[folder] = _written(folder)
    return folder


def _written(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def changed() -> list[Path]:
    """Return the shared folders that a test has changed."""
    return [folder for folder, before in SHARED.items() if _written(folder) != before]


def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Path:
    """Let the app use made-up artifacts that the test may change, and return their folder.

    more : as `write_artifacts` takes it
    """
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
    """Open a page of the app, by the name of its file, with query parameters, as a link does."""
    at = app()
    at.query_params.update(query)
    at.switch_page(f"pages/{page}.py")
    return ran(at)


def press(at: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    next(button for button in at.button if button.label == label).click()
    return ran(at)


def live(at: AppTest) -> dict[str, Any]:
    """Return what the browser is told of the page Ensemble, whose upper part it draws."""
    found: dict[str, Any] = json.loads(at.get("bidi_component")[0].proto.json)
    return found


def say(at: AppTest, **changes: Any) -> AppTest:
    """Let the browser's own controls say something else with the next run; changes : as a setting is told."""
    told = live(at)
    given = told["setting"] | changes | {"revision": told["revision"], "seq": told["seq"] + 1}
    return _sent(at, at.get("bidi_component")[0].proto.id, json_value=json.dumps({INPUT: given}))


def best(at: AppTest) -> AppTest:
    """Press the browser's own button Best subset with the next run."""
    button = f"$$STREAMLIT_INTERNAL_KEY_{at.get('bidi_component')[0].proto.id}__events"
    return _sent(at, button, json_trigger_value=json.dumps([{"event": "best", "value": 1}]))


def _sent(at: AppTest, component: str, **value: str) -> AppTest:
    tree = at._tree
    before = tree.get_widget_states

    def states() -> WidgetStates:
        found = before()
        found.widgets.add(id=component, **value)
        return found

    tree.get_widget_states = states  # type: ignore[method-assign]
    return at


def number(at: AppTest) -> str:
    """Return the big number as it is shown, or on the page Ensemble as the browser will show it."""
    if at.get("bidi_component"):
        answer = live(at)["answer"]
        return "–" if answer is None else f"{100 * correct(answer) / answer['n']:.1f}"
    bodies = [element.proto.body for element in at.get("html")]
    found = [match[1] for body in bodies if (match := re.search(r'class="fer-big"[^>]*><b>([^<]*)', body))]
    assert len(found) == 1
    return found[0]


def correct(answer: dict[str, Any]) -> int:
    """Return how many images are right by what Python told the browser."""
    pairs, size = answer["counts"], len(answer["bestRight"])
    return sum(count for cell, count in zip(pairs[::2], pairs[1::2], strict=True) if cell % (size + 1) == 0)


def titles(at: AppTest) -> list[str]:
    """Return the titles of all figures, as plain text."""
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    return [re.sub("<[^>]*>", " ", spec["layout"]["title"]["text"]) for spec in specs]


def headline(at: AppTest) -> str:
    """Return the HTML around the big number."""
    body: str = next(element.proto.body for element in at.get("html") if "fer-big" in element.proto.body)
    return body


def choice_of(at: AppTest) -> Choice:
    """Return what the session has chosen."""
    choice: Choice | None = at.session_state[memory.KEPT].choice
    assert choice is not None
    return choice
