"""The frame of a report, which asks nobody for anything, and pieces of HTML.

Whatever comes from outside passes through `text` or `data` on its way in.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.figures import DARK, LIGHT, Ink
from fer_core.reports.html.drawn import Drawn


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


@lru_cache(maxsize=64)
def mathml(formula: str) -> str:
    """Return a formula of LaTeX as MathML."""
    # Imported here: only reports need it.
    from latex2mathml.converter import convert

    made: str = convert(formula, display="block")
    return made


def formulas(weighting: str, combiner: str) -> str:
    """Return the formulas of a scheme as MathML: of the rule, and of the weights if it uses any."""
    rule = COMBINERS[combiner]
    found = [rule.formula, *([WEIGHTINGS[weighting].formula] if rule.weighs else [])]
    return "".join(f'<div class="formula">{mathml(formula)}</div>' for formula in found)


HERE = Path(__file__).parent
SOFT = {"light": "#55556A", "dark": "#B4B4C4"}
"""Text of less weight, which stays readable."""


def page(title: str, body: str, figures: Sequence[Drawn], configuration: dict[str, Any]) -> str:
    """Return the file; body : HTML, the rest plain."""
    plotly, script = _plotly(), (HERE / "report.js").read_text(encoding="utf-8")
    drawn = "{" + ",".join(f'"{figure.key}":{figure.as_json}' for figure in figures) + "}"
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(plotly, script)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n',
            f'<title>{text(title)}</title>\n<link rel="icon" href="data:,">\n<style>{_style()}</style>\n</head>\n',
            f"<body>\n<main>{body}</main>\n",
            f'<script type="application/json" id="configuration-data">{data(configuration)}</script>\n',
            f'<script type="application/json" id="figures-data">{inert(drawn)}</script>\n',
            f"<script>{plotly}</script>\n<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


@lru_cache(maxsize=1)
def _plotly() -> str:
    """Return Plotly's own JavaScript, as a script element holds it."""
    # Imported here: it is large, and only reports need it.
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

    found: str = get_plotlyjs().replace("\r\n", "\n")
    if "</script" in found.lower() or "<!--" in found:
        raise RuntimeError("Plotly's JavaScript cannot stand in a page: it ends a script element.")
    return found


def _policy(*scripts: str) -> str:
    """Return what the browser is told to allow: these very scripts, the page's own styles, and no address at all."""
    allowed = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _style() -> str:
    def theme(ink: Ink, soft: str) -> str:
        return f"--text:{ink.text};--faint:{ink.faint};--paper:{ink.paper};--accent:{ink.accent};--soft:{soft}"

    light, dark = theme(LIGHT, SOFT["light"]), theme(DARK, SOFT["dark"])
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n" + (
        HERE / "report.css"
    ).read_text(encoding="utf-8")
