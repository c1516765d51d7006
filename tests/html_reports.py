"""HTML reports as tests read them, and names that ought to do nothing in them."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Explorer, Setting, choose, log_softmax
from fer_core.reports.html import Subject, subject_of
from fer_core.reports.summary import explorer_of
from fer_core.terminology import OTHER

VOID = {"meta", "link"}
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "a&lt;b",
    "%{x}<br>",
    "\u2028'\"`${1}",
    "<a href=//x>",
)


def of_artifacts(root: Path) -> Subject:
    """Return what a report of the chosen ensemble of some artifacts is about."""
    artifacts = open_artifacts(root)
    explorer = explorer_of(artifacts)
    return subject_of(artifacts, explorer, choose(explorer).setting)


class Parsed(HTMLParser):
    """Every element, in order, with its attributes, and the text of each; strict about nesting."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(content)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def text(self) -> str:
        return " ".join(" ".join(data.split()) for tag, data in self.texts if tag not in ("script", "style", "pre"))

    def script(self, key: str) -> Any:
        """Return the data of a script element by its id."""
        scripts = [attributes for tag, attributes in self.elements if tag == "script"]
        texts = [data for tag, data in self.texts if tag == "script"]
        assert len(scripts) == len(texts)
        return json.loads(next(t for a, t in zip(scripts, texts, strict=True) if a.get("id") == key))


def of_names(members: tuple[str, ...], classes: tuple[str, ...]) -> Subject:
    """Return a subject of made-up members and classes of any names."""
    rng = np.random.RandomState(1)
    labels = {split: np.arange(10 * len(classes)) % len(classes) for split in ("valid", "test")}
    logits = {
        split: log_softmax(
            rng.standard_normal((len(members), len(codes), len(classes))) + 2 * np.eye(len(classes))[codes]
        ).astype(np.float32)
        for split, codes in labels.items()
    }
    explorer = Explorer(members, logits, labels, classes=classes)
    return Subject(explorer, Setting(members, split="valid"), OTHER)
