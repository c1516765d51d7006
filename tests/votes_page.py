"""The page Rescued and broken as tests open and read it."""

import csv
import io
import json
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from tests import pages
from tests.pages import choice_of
from tests.synthetic import ROSTER
from ui.data.artifacts import load
from ui.votes.choice import SHOWN
from ui.votes.data import votes

GLYPHS = dict(zip(ROSTER, "●■◆", strict=True))
CARD = re.compile(r"row (\d+) · ([a-z ]+)</dt>")


def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Path:
    """Use made-up artifacts that the test may change, and hide any data set."""
    hide_data_set(monkeypatch)
    return pages.use(tmp_path, monkeypatch, **more)


def use_shared(monkeypatch: pytest.MonkeyPatch, **more: Any) -> Path:
    """Use made-up artifacts that no test changes, and hide any data set."""
    hide_data_set(monkeypatch)
    return pages.use_shared(monkeypatch, **more)


def hide_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setattr(sys.modules["fer_core.dataset.find"], "DEFAULT", Path("no such folder") / "no.npz")


def votes_page(**query: str) -> AppTest:
    return pages.opened("votes", **query)


def arrays(root: Path, name: str) -> dict[str, NDArray[Any]]:
    return dict(np.load(io.BytesIO((root / name).read_bytes())))


class Truth:
    """What equal members decide on PrivateTest by mean probability, computed image by image."""

    def __init__(self, root: Path, split: str = "test") -> None:
        found, valid = arrays(root, f"logits/{split}.npz"), arrays(root, "logits/valid.npz")
        shares = np.exp(found["logits"].astype(float))
        self.mean = (shares / shares.sum(axis=2, keepdims=True)).mean(axis=0)
        self.labels, self.votes = found["labels"], found["logits"].argmax(axis=2)
        self.decided = self.mean.argmax(axis=1)
        self.best = int((valid["logits"].argmax(axis=2) == valid["labels"]).mean(axis=1).argmax())
        right, first = self.decided == self.labels, self.votes[self.best] == self.labels
        self.rescued, self.broken = np.flatnonzero(right & ~first), np.flatnonzero(first & ~right)
        self.dissent = (self.votes != self.decided).sum(axis=0)


def shown(at: AppTest) -> dict[int, str]:
    """Return the cards by row."""
    bodies = [element.proto.body for element in at.get("html")]
    return {int(match[1]): body for body in bodies if (match := CARD.search(body))}


def page_range(at: AppTest) -> str:
    return next(m.value for m in at.markdown if re.match(r"\*\*[\d,]+( to [\d,]+)? of [\d,]+\*\*", m.value)).strip("*")


def said(at: AppTest) -> str:
    elements = (*at.markdown, *at.caption, *at.info)
    return "\n".join([element.value for element in elements] + [unescape(e.proto.body) for e in at.get("html")])


def figure(at: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[0].proto.spec)
    return found


def counts(at: AppTest) -> NDArray[np.int64]:
    return np.array([int(text or 0) for text in figure(at)["data"][0]["text"]]).reshape(7, 7)


def first_page(rows: Any) -> list[int]:
    return [int(row) for row in rows][:SHOWN]


def table(at: AppTest) -> list[dict[str, str]]:
    """Return the table that the download gives."""
    choice = choice_of(at)
    found = votes(load(), choice)
    return list(csv.DictReader(io.StringIO(found.ballots.to_csv(found.at, found.known.crowd))))
