"""Pieces of HTML.  Whatever comes from outside passes through `text` or `data` on its way in."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any


def text(value: object) -> str:
    """Return anything as text of HTML or of an attribute."""
    return escape(str(value))


def data(value: Any) -> str:
    """Return anything as JSON that can stand in a script element, whatever its strings hold."""
    return inert(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def inert(text_of_json: str) -> str:
    """Return JSON in which no string can end a script element, open a comment in it, or break a line of a script."""
    for sign in "<>&\u2028\u2029":
        text_of_json = text_of_json.replace(sign, f"\\u{ord(sign):04x}")
    return text_of_json


def table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1, note: str = "") -> str:
    """Return a table that scrolls sideways by itself; the first `left` columns are text, the others numbers.

    Cells are plain text; the first of a row names it.
    """
    head = "".join(f'<th scope="col"{_shape(i < left)}>{text(name)}</th>' for i, name in enumerate(header))
    body = []
    for row in rows:
        cells = "".join(f"<td{_shape(i < left, cell)}>{text(cell)}</td>" for i, cell in enumerate(row[1:], 1))
        body.append(f'<tr><th scope="row"{_shape(True, row[0])}>{text(row[0])}</th>{cells}</tr>')
    made = f"<table><caption>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    wrapped = f'<div class="wide" role="region" aria-label="{text(caption)}" tabindex="0">{made}</table></div>'
    return wrapped + (paragraph(note, "note") if note else "")


LONG = 30
"""Signs from which a cell is given some width, so that its row is not high on a phone."""


def _shape(words: bool, cell: str = "") -> str:
    return ' class="l long"' if words and len(cell) > LONG else ' class="l"' if words else ""


def paragraph(sentence: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    opening = f'<p class="{kind}">' if kind else "<p>"
    return f"{opening}{text(sentence)}</p>"


def section(key: str, title: str, *content: str) -> str:
    """Return a section with a heading."""
    return (
        f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{text(title)}</h2>{"".join(content)}</section>'
    )
