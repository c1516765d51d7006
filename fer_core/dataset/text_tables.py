"""Tables as text, in whatever way a spreadsheet or a program wrote them, read by pandas piece by piece."""

import codecs
import io
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from fer_core.dataset.streams import DAMAGE
from fer_core.dataset.types import MAX_IMAGES
from fer_core.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

MAX_LINE = 20_000
"""Characters of the longest row that is read: 2,304 pixels of up to four are 9,216."""
PIECE = 256
"""Rows that are held as text at once."""
_LARGE = 1 << 18
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class _Text(io.TextIOBase):
    """Decoded text for pandas: ends where the file is damaged, and where a piece of the table grows beyond measure.

    Without that pandas would take all of a file for one cell after a quotation mark that is not closed.
    """

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream, self._decode = stream, codecs.getincrementaldecoder(encoding)("replace").decode
        self._left, self._last = 0, ""
        self.fault: Exception | None = None
        self.exceeded = self.unended = False

    def allow(self) -> None:
        """Let one more piece be read."""
        self._left = PIECE * MAX_LINE + 4 * _LARGE

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        text, data = "", b"more"
        self.exceeded = self.exceeded or self._left <= 0
        while data and not text and not self.exceeded:
            try:
                data = self._stream.read1(_LARGE) if self.fault is None else b""
            except (*DAMAGE, OSError, DatasetError) as error:
                self.fault, data = error, b""
            text = self._decode(data, not data)
        self._left -= len(text)
        self._last = text[-1:] or self._last
        self.unended = not text and self._last not in "\r\n"
        return text


class TextTable:
    """A table whose cells are text.

    where : what messages call it
    names : of its columns, in lower case without blanks and quotation marks
    """

    def __init__(self, stream: io.BufferedReader, where: str) -> None:
        """Look at the beginning for encoding, separator and names."""
        start = stream.peek(4096)[: 1 << 16]
        encoding = _encoding(start)
        header = re.split("[\r\n]", start.decode(encoding, "replace"), maxsplit=1)[0]
        self._text, self._separator = _Text(stream, encoding), max(",;\t|", key=header.count)
        self.where, self.names = where, [_name(cell) for cell in header.split(self._separator)]

    def pieces(self, columns: Collection[str]) -> Iterator[tuple[int, "pd.DataFrame"]]:
        """Read some columns: for each piece the number of its first row, where the header is row 1, and its cells.

        A blank line is a row of empty cells; cells that a row lacks are empty, those beyond the header are left out.
        Raises DatasetError with file and row for damage and for what is longer than FER-2013 can be.
        """
        # Imported here: a packed data set is read without it.
        import pandas as pd

        row, text = 2, self._text
        text.allow()
        try:
            with pd.read_csv(
                text,
                sep=self._separator,
                usecols=lambda name: _name(name) in columns,
                dtype=object,
                index_col=False,
                na_filter=False,
                skip_blank_lines=False,
                skipinitialspace=True,
                chunksize=PIECE,
            ) as reader:
                for piece in reader:
                    if row + len(piece) > MAX_IMAGES + 2:
                        raise self._too_large(row)
                    piece.columns = [_name(name) for name in piece.columns]
                    yield row, piece
                    row += len(piece)
                    if text.exceeded:
                        raise self._too_large(row)
                    text.allow()
        except pd.errors.EmptyDataError:
            pass
        except pd.errors.ParserError as error:
            if text.fault is None:
                at = re.search(r"inside string starting at row (\d+)", str(error))
                number = int(at[1]) + 1 if at else row
                raise DatasetError(
                    f"{self.where}, row {number}: a quotation mark is not closed; is the file cut off?"
                ) from error
        if text.fault is not None:
            raise self._damaged(row - 1) from text.fault

    def bad_row(self, wrong: str, row: int, *, last: bool) -> DatasetError:
        """Return the error to raise for a row; the last one of a piece may be what damage has left of it."""
        if last and self._text.fault is not None:
            return self._damaged(row - 1)
        cut = "; is the file cut off?" if last and self._text.unended else "."
        return DatasetError(f"{self.where}, row {row}: {wrong}{cut}")

    def _too_large(self, row: int) -> DatasetError:
        return DatasetError(f"{self.where}, row {row}: more than FER-2013 can hold; is this another file?")

    def _damaged(self, row: int) -> DatasetError:
        fault = self._text.fault
        if isinstance(fault, DatasetError):
            return fault
        if isinstance(fault, OSError) and fault.errno is not None:
            return DatasetError(f"{self.where} cannot be read: {fault.strerror}.")
        return DatasetError(f"{self.where} is damaged or cut off after row {row}.")


def shown(text: str) -> str:
    """Return the beginning of a cell as a message can show it."""
    return "".join(c if c.isprintable() else "?" for c in text[:20])


def _name(cell: object) -> str:
    return str(cell).strip().strip("'\"\ufeff").strip().lower()


def _encoding(start: bytes) -> str:
    """Return how a text is encoded, by its mark or by the empty halves of its first letter in UTF-16."""
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return name
    empty = [half == 0 for half in start[:2]]
    return "utf-16-le" if empty == [False, True] else "utf-16-be" if empty == [True, False] else "utf-8"
