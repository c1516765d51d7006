"""The frame of a report: one file that asks nobody for anything, and that forbids it to whatever got into it."""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from fer_core.figures import DARK, LIGHT, Ink
from fer_core.reports.html.drawn import Drawn
from fer_core.reports.html.parts import data, inert, text

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
