"""Numbers as text: shares, points, intervals, p-values, and tables of them."""

from collections.abc import Sequence
from typing import Any

from fer_core.ensemble import scheme_name


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share as a percentage without the sign, a dash for None."""
    return "-" if share is None else f"{100 * share:.{digits}f}"


def points(share: float, digits: int = 1) -> str:
    """Return a difference of shares in points, with its sign; a true minus, and no sign for what rounds to zero."""
    text = f"{100 * share:+.{digits}f}".replace("-", "−")
    return text[1:] if float(f"{100 * share:.{digits}f}") == 0 else text


def interval(bounds: Sequence[float] | None) -> str:
    """Return an interval of shares as percentages, a dash for None."""
    return "-" if bounds is None else f"{percent(bounds[0])} to {percent(bounds[1])}"


def p_value(p: float) -> str:
    """Return a p-value with two significant digits."""
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"


MARK = "†"
"""What stands after a p-value in a table that belongs to no planned setting."""


def exploratory(valid: str = "PublicTest") -> str:
    """Say what the mark means; valid : what the split is called that chooses."""
    return (
        f"{MARK} Exploratory. Two settings were planned: the one chosen on {valid}, and all members at equal weight "
        "with mean probability. Among so many others a small p comes by chance."
    )


def tested(figures: dict[str, Any]) -> str:
    """Return the p-value of a report's figures, with the mark of those that are exploratory."""
    return p_value(figures["mcnemar"]["p"]) + ("" if figures["planned"] else f" {MARK}")


def nats(loss: float | None) -> str:
    """Return a loss or a score with three digits, a dash for None."""
    return "-" if loss is None else f"{loss:.3f}"


def commit(full: str) -> str:
    """Return the first twelve digits of a commit, and `-dirty` after them where the tree was changed."""
    digits, dash, rest = full.partition("-")
    return f"`{digits[:12]}{dash}{rest}`"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table; the first `left` columns are text, the others numbers."""
    rule = ["---" if i < left else "---:" for i in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def scheme(figures: dict[str, Any]) -> str:
    """Name weighting and combiner as a person reads them."""
    return scheme_name(figures["weighting"], figures["combiner"])
