"""The figures as Markdown: docs/results.md whole, and the table of the README."""

from fer_core.markdown.cells import interval, nats, p_value, percent, points
from fer_core.markdown.document import results
from fer_core.markdown.files import BEGIN, END, stale, update, with_summary
from fer_core.markdown.headline import chosen_sentence, markdown_summary, summary

__all__ = [
    "BEGIN",
    "END",
    "chosen_sentence",
    "interval",
    "markdown_summary",
    "nats",
    "p_value",
    "percent",
    "points",
    "results",
    "stale",
    "summary",
    "update",
    "with_summary",
]
