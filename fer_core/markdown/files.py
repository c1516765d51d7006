"""Keeping README.md and docs/results.md in step with the artifacts."""

import os
from pathlib import Path
from typing import Any

from fer_core.errors import FerError
from fer_core.markdown.document import results
from fer_core.markdown.headline import summary

BEGIN, END = "<!-- results -->", "<!-- /results -->"
README, RESULTS = Path("README.md"), Path("docs", "results.md")


def with_summary(readme: str, found: dict[str, Any]) -> str:
    """Return the README with its table of results made anew between the two markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise FerError(f"the README has no place for the results: the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{summary(found)}\n{END}{after}"


def stale(project: Path, found: dict[str, Any]) -> dict[Path, str]:
    """Return what README.md and docs/results.md of a project have to hold, of those that hold something else.

    Raises FerError when the README is not there or has no markers.
    """
    readme = project / README
    try:
        wanted = {readme: with_summary(readme.read_text(encoding="utf-8"), found), project / RESULTS: results(found)}
    except OSError as error:
        raise FerError(f"{readme} cannot be read: {error.strerror}; run this in a checkout of the project.") from error
    return {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def update(project: Path, found: dict[str, Any]) -> list[Path]:
    """Rewrite docs/results.md and the README's table where they are stale; return the files that changed."""
    changed = stale(project, found)
    for path, text in changed.items():
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(path.name + ".tmp")
        try:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            os.replace(temporary, path)
        except OSError as error:
            raise FerError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            temporary.unlink(missing_ok=True)
    return list(changed)
