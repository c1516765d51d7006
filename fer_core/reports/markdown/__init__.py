"""The figures as Markdown: docs/results.md whole, and the table of the README."""

from fer_core.reports.markdown.document import BEGIN, END, results, stale, update, with_summary
from fer_core.reports.markdown.headline import (
    below,
    chosen_sentence,
    equal_sentence,
    markdown_summary,
    significant,
    story,
    summary,
    verdict,
)

__all__ = [
    "BEGIN",
    "END",
    "below",
    "chosen_sentence",
    "equal_sentence",
    "markdown_summary",
    "results",
    "significant",
    "stale",
    "story",
    "summary",
    "update",
    "verdict",
    "with_summary",
]
