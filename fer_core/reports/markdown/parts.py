"""Documents that are generated in part: which part of which, and what it has to hold."""

from pathlib import Path

from fer_core.artifacts import Artifacts
from fer_core.reports.markdown.laboratory import lessons
from fer_core.reports.markdown.saliency import measured


def parts(artifacts: Artifacts) -> dict[Path, tuple[str, str]]:
    """Return, by path, the name of the generated part and its content."""
    return {
        Path("docs", "laboratory.md"): ("lessons", lessons(artifacts)),
        Path("docs", "saliency.md"): ("measured", measured(artifacts.saliency())),
    }
