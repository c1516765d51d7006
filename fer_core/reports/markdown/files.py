"""Keeping README.md, docs/results.md and documents that are generated in part in step with the artifacts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fer_core.artifacts import Artifacts
from fer_core.atomic import write_atomically
from fer_core.errors import FerError
from fer_core.reports.markdown.document import results
from fer_core.reports.markdown.headline import summary
from fer_core.reports.markdown.laboratory import lessons
from fer_core.reports.markdown.tables import measured


def parts(artifacts: Artifacts) -> dict[Path, tuple[str, str]]:
    """Return, by path, the name of the generated part and its content."""
    return {
        Path("docs", "laboratory.md"): ("lessons", lessons(artifacts)),
        Path("docs", "saliency.md"): ("measured", measured(artifacts.saliency())),
    }


BEGIN, END = "<!-- results -->", "<!-- /results -->"
README, RESULTS = Path("README.md"), Path("docs", "results.md")
NO_PARTS: Mapping[Path, tuple[str, str]] = {}


def with_summary(readme: str, found: dict[str, Any]) -> str:
    """Return the README with its table of results made anew between the two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FerError(f"the README has no place for the results: the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{summary(found)}\n{END}{after}"


def between(text: str, name: str, content: str) -> str:
    """Return a document with what stands between `<!-- NAME -->` and `<!-- /NAME -->` made anew."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise FerError(f"there is no place for what is generated: the lines <!-- {name} --> and <!-- /{name} -->.")
    return f"{before}{begin}{content}\n{end}{after}"


def stale(project: Path, found: dict[str, Any], parts: Mapping[Path, tuple[str, str]] = NO_PARTS) -> dict[Path, str]:
    """Return what README.md and the documents of a project have to hold, of those that hold something else.

    parts : of further documents that are generated in part, by path: the name of the part and its content
    Raises FerError when a document is not there or has no markers.
    """
    readme = project / README
    try:
        wanted = {readme: with_summary(readme.read_text(encoding="utf-8"), found), project / RESULTS: results(found)}
    except OSError as error:
        raise FerError(f"{readme} cannot be read: {error.strerror}; run this in a checkout of the project.") from error
    for path, (name, content) in parts.items():
        wanted[project / path] = between((project / path).read_text(encoding="utf-8"), name, content)
    return {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def update(project: Path, found: dict[str, Any], parts: Mapping[Path, tuple[str, str]] = NO_PARTS) -> list[Path]:
    """Rewrite docs/results.md, the README's table and parts where they are stale; return the files that changed."""
    changed = stale(project, found, parts)
    for path, text in changed.items():
        write_atomically(path, text.encode())
    return list(changed)
