"""The frame of a report: one file that asks nobody for anything, and that forbids it to whatever got into it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from fer_core.figures import DARK, LIGHT, Ink
from fer_core.reports.html.drawn import Drawn
from fer_core.reports.html.parts import inert

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
SOFT = {"light": "#55556A", "dark": "#B4B4C4"}
"""Text of less weight, which stays readable."""


@lru_cache(maxsize=1)
def environment() -> "Environment":
    """Return the templates; every value is escaped unless it is `Markup`, and an undefined name is an error."""
    # Imported here: the page Ensemble imports reports, but makes one only on request.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def page(
    title: str, figures: Sequence[Drawn], configuration: dict[str, Any], *, template: str = "frame.html", **content: Any
) -> str:
    """Return the file; content : what the template reads beside the title, the figures and the configuration."""
    plotly, script = _plotly(), _file("report.js")
    drawn = "{" + ",".join(f'"{figure.key}":{figure.as_json}' for figure in figures) + "}"
    return (
        environment()
        .get_template(template)
        .render(
            content,
            title=title,
            figures=figures,
            policy=_policy(plotly, script),
            colours={"light": _colours(LIGHT, SOFT["light"]), "dark": _colours(DARK, SOFT["dark"])},
            style=_file("report.css"),
            configuration_data=inert(json.dumps(configuration, ensure_ascii=False, allow_nan=False, indent=2)),
            figures_data=inert(drawn),
            plotly=plotly,
            script=script,
        )
    )


@lru_cache(maxsize=1)
def _plotly() -> Markup:
    """Return Plotly's own JavaScript, as a script element holds it."""
    # Imported here: it is large, and only reports need it.
    from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

    found: str = get_plotlyjs().replace("\r\n", "\n")
    if "</script" in found.lower() or "<!--" in found:
        raise RuntimeError("Plotly's JavaScript cannot stand in a page: it ends a script element.")
    return Markup(found)


def _file(name: str) -> Markup:
    """Return one of the report's own files, which is part of the program and needs no escaping."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _policy(*scripts: str) -> Markup:
    """Return what the browser is told to allow: these very scripts, the page's own styles, and no address at all."""
    allowed = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return Markup(
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _colours(ink: Ink, soft: str) -> str:
    return f"--text:{ink.text};--faint:{ink.faint};--paper:{ink.paper};--accent:{ink.accent};--soft:{soft}"
