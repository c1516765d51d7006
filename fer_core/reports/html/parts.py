"""What a report is made of, as the templates read it: every string is plain text, unless its type is `Markup`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

LONG = 30
"""Characters from which a cell gets a width of its own, so that its row stays low on a phone."""


class Table(NamedTuple):
    """A table whose first `left` columns are text and the others numbers; the first cell of a row names it."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1
    note: str = ""

    def style(self, column: int, cell: str = "") -> str:
        """Return the classes of a cell of a column, from 0."""
        if column >= self.left:
            return ""
        return "l long" if len(cell) > LONG else "l"


@dataclass(frozen=True)
class Section:
    """A section with a heading; what it holds stands in the order of the fields."""

    key: str
    title: str
    tables: Sequence[Table] = ()
    sentences: Sequence[str] = ()
    formulas: Sequence[Markup] = ()
    note: str = ""
    code: str = ""


def inert(text_of_json: str) -> Markup:
    """Return JSON in which no string can end a script element, open a comment in it, or break a line of a script."""
    for sign in "<>&\u2028\u2029":
        text_of_json = text_of_json.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text_of_json)
