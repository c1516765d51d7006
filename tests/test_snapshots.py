"""What pages and reports say and draw of made-up artifacts, held against what was last looked at.

After a change that is meant, run `make snapshots` and read the difference that git shows.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1.element_tree import Block, Element
from syrupy.assertion import SnapshotAssertion

import fer_core.dataset.find  # noqa: F401  so that the data set can be hidden
from tests.command import command
from tests.pages import opened
from tests.synthetic import write_artifacts
from tests.votes_page import hide_data_set
from ui.session.memory import KEPT

PAGES: dict[str, dict[str, str]] = {
    "home": {},
    "lesson": {"step": "3"},
    "ensemble": {"members": "deep,agrawal", "weights": "accuracy"},
    "members": {},
    "limits": {},
    "gain": {},
    "diversity": {},
    "votes": {},
    "confidence": {},
    "labels": {},
    "schemes": {},
}
"""Pages that need no photo, and what a link to them says."""
AXES = ("x", "y", "z", "values")
WRITTEN = ("label", "value", "options", "help", "icon", "url", "body")


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("snapshots") / "artifacts")


def rounded(value: Any) -> Any:
    """Leave off digits in which machines differ."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def drawn(spec: str) -> list[str]:
    """Return the title of a figure, and of each trace the kind, the name, and how many numbers sum to what."""
    figure = json.loads(spec)
    lines = [f"figure: {figure['layout'].get('title', {}).get('text', '')}"]
    for trace in figure["data"]:
        line = f"    {trace['type']} {trace.get('name', '')}:"
        for axis in AXES:
            values = trace.get(axis, [])
            if isinstance(values, dict):
                values = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
            numbers = np.ravel([one for one in values if isinstance(one, int | float)])
            if len(numbers):
                line += f" {axis} {len(numbers)} numbers, sum {np.nansum(numbers):.4g};"
            elif values:
                line += f" {axis} {len(values)} texts;"
        lines.append(line)
    return lines


def lines_of(block: Block) -> Iterator[str]:
    """Yield what a reader sees, from top to bottom."""
    for child in block.children.values():
        if isinstance(child, Block):
            yield from lines_of(child)
        elif child.type == "plotly_chart":
            yield from drawn(child.proto.spec)
        elif child.type not in ("imgs", "audio"):
            yield f"{child.type}: {' | '.join(said(child))}"


def said(element: Element) -> list[str]:
    """Return the texts of an element, each once."""
    found: list[str] = []
    for name in WRITTEN:
        try:
            value = getattr(element, name, None) or getattr(element.proto, name, None)
        except (AttributeError, NotImplementedError, TypeError, ValueError):
            continue
        if isinstance(value, str | int | float | bool | list | tuple) and value and str(value) not in found:
            found.append(str(value))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_and_draw_what_they_did(
    page: str, artifacts: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(artifacts))
    hide_data_set(monkeypatch)
    at = opened(page, **PAGES[page])
    link = urlencode(at.session_state[KEPT].query or {})
    assert "\n".join([*lines_of(at.main), f"link: {link}"]) == snapshot


def test_the_report_says_what_it_did(artifacts: Path, snapshot: SnapshotAssertion) -> None:
    markdown = command("report", "--artifacts", artifacts, "--markdown")
    figures = command("report", "--artifacts", artifacts, "--json")
    assert markdown.out == snapshot(name="markdown")
    assert rounded(json.loads(figures.out)) == snapshot(name="json")
