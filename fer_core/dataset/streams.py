"""Opening a table wherever it lies: plain, compressed, in a tar or in a zip; nothing is ever extracted to disk.

What a file is, its first bytes say: browsers unpack what they download and keep the name, and people rename.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import cast

from fer_core.errors import DatasetError

CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
"""What the data set is called inside an archive."""
TAR = (".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_COMPRESSED = (".gz", ".bz2", ".xz")
_TABLES = (".csv", ".tsv")
TABLES = (*_TABLES, *(table + ending for table in _TABLES for ending in _COMPRESSED), *TAR)
"""How the names of tables end, and of the tars that may hold one."""
_PARTS = ("train", "test")
"""Tables of the challenge that lack the splits, or the labels."""
_OTHERS = ("example_submission", "sample_submission", "fer2013new")
_PICTURES = (".jpg", ".jpeg", ".png")


def _ours(name: str) -> str:
    """Return the last part of a name in lower case, or nothing for what macOS adds to an archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "" if path.name.startswith(".") or "__MACOSX" in path.parts else path.name.lower()


def is_picture(name: str) -> bool:
    """Whether a file is a picture of the data set."""
    return _ours(name).endswith(_PICTURES)


def is_parquet(name: str) -> bool:
    """Whether a file is a Parquet table."""
    return _ours(name).endswith(".parquet")


def is_whole_table(name: str) -> bool:
    """Whether a file may be a table of the whole data set, alone or in a tar."""
    base = _ours(name)
    return base.endswith(TABLES) and base.split(".")[0] not in (*_PARTS, *_OTHERS)


def is_named_table(name: str) -> bool:
    """Whether a file is called what the challenge calls the data set, compressed or not."""
    base = _ours(name)
    return any(base == wanted or base in [wanted + end for end in _COMPRESSED] for wanted in CSV_NAMES) or (
        base.endswith(TAR) and base.startswith("fer2013")
    )


def table_among(names: Collection[str]) -> str | None:
    """Return which of the files of a download is the data set's table; None where pictures or Parquet files are it.

    A table that is named as the challenge's goes before pictures, any other after them; the least deep one is taken.
    """
    tables = sorted((name for name in names if _ours(name).endswith(TABLES)), key=lambda n: (n.count("/"), n))
    named = [name for name in tables if is_named_table(name)]
    if named:
        # The plain file before the tar.gz beside it, which holds the same.
        return min(named, key=lambda name: _ours(name).endswith(TAR))
    if any(is_picture(name) or is_parquet(name) for name in names):
        return None
    whole = [name for name in tables if is_whole_table(name)]
    parts = [name for name in tables if _ours(name).split(".")[0] in _PARTS]
    # Of the challenge's own parts train.csv is taken, to say what it lacks.
    return next(iter([*whole, *reversed(parts)]), None)


MAX_BYTES = 1 << 30
"""Most bytes that are unpacked; the CSV has 301 million, and twice that in UTF-16."""
MAX_LAYERS = 4
"""Most archives in one another: a zip that holds a tar.gz has three."""
MAX_MEMORY = 1 << 27
"""Bytes that xz may take to unpack; its strongest setting takes 65 million, and a header can ask for 4 GiB."""
DAMAGE = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
)
"""What a cut off, damaged, encrypted or unknown archive raises."""
PARQUET = b"PAR1"
_ZIP, _GZIP, _BZIP2, _XZ, _USTAR = b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"ustar"


class Bounded(io.RawIOBase):
    """A stream that refuses to unpack more than MAX_BYTES, however small the archive was."""

    def __init__(self, file: io.BufferedIOBase, where: str) -> None:
        """Read from `file`, which messages call `where`."""
        self._file, self._where, self._left = file, where, MAX_BYTES

    def readable(self) -> bool:
        """Return True: it is for reading."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Fill the buffer with what is at hand, so that all before a damaged place is still read.

        Raises DatasetError past the limit.
        """
        try:
            data = self._file.read1(len(buffer))
        except OSError as error:
            # What bz2 says of damage is an OSError without a number.
            raise error if error.errno is not None else EOFError(str(error)) from error
        self._left -= len(data)
        if self._left < 0:
            raise DatasetError(f"{self._where} unpacks to more than {MAX_BYTES >> 20} MiB, so it is not FER-2013.")
        buffer[: len(data)] = data
        return len(data)


class _Xz(io.BufferedIOBase):
    """What `lzma.LZMAFile` reads, in bounded memory."""

    def __init__(self, file: io.BufferedReader, where: str) -> None:
        self._file, self._where, self._unpack = file, where, lzma.LZMADecompressor(memlimit=MAX_MEMORY)

    def read1(self, size: int = -1) -> bytes:
        while True:
            packed = self._file.read1(1 << 16) if self._unpack.needs_input else b""
            if self._unpack.eof:
                packed = (self._unpack.unused_data or self._file.read1(1 << 16)).lstrip(b"\0")
                if not packed:
                    return b""
                self._unpack = lzma.LZMADecompressor(memlimit=MAX_MEMORY)
            elif self._unpack.needs_input and not packed:
                raise EOFError("the file ends before the stream does")
            try:
                data = self._unpack.decompress(packed, size)
            except lzma.LZMAError as error:
                if "emory" not in str(error):
                    raise
                raise DatasetError(
                    f"{self._where} asks for more than {MAX_MEMORY >> 20} MiB of memory to unpack; pack it with xz -9 "
                    "or less."
                ) from error
            if data:
                return data


def beginning(path: Path) -> bytes:
    """Return the first bytes of a file; raises DatasetError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error


def is_zip(path: Path) -> bool:
    """Whether a file is a zip, by its beginning or by its name."""
    return beginning(path).startswith(_ZIP) or path.name.lower().endswith(".zip")


def is_packed(start: bytes) -> bool:
    """Whether a file is a tar or is compressed in a way that is read, by its beginning."""
    return start.startswith((_GZIP, _BZIP2, _XZ)) or start[257:262] == _USTAR


def names_in_zip(path: Path) -> list[str]:
    """Return the names of the files in a zip; raises DatasetError for a damaged zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except DAMAGE as error:
        raise DatasetError(f"{path} is cut off or is not a zip file.") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error


@contextmanager
def opened(path: Path) -> Iterator[tuple[io.BufferedReader, str]]:
    """Open the table of a data set, through whatever it is packed in; gives the stream and its name for messages.

    Raises DatasetError when it holds no table or cannot be opened; reading on raises it past MAX_BYTES, and what DAMAGE
    lists.
    """
    inside = table_among(names_in_zip(path)) if is_zip(path) else None
    where = str(path) if inside is None else f"{path}, {inside}"
    with path.open("rb") as raw:
        try:
            if inside is None:
                found = _unpacked(_buffered(raw, where), where)
            else:
                archive = zipfile.ZipFile(raw)
                found = _unpacked(_buffered(cast(io.BufferedIOBase, archive.open(inside)), where), where)
        except DAMAGE as error:
            raise DatasetError(f"{where} is damaged or cut off.") from error
        yield found


def _buffered(file: io.BufferedIOBase, where: str) -> io.BufferedReader:
    return io.BufferedReader(Bounded(file, where), 1 << 20)


def _unpacked(stream: io.BufferedReader, where: str) -> tuple[io.BufferedReader, str]:
    """Take off layer after layer until there is a table."""
    for _ in range(MAX_LAYERS):
        start = stream.peek(512)
        layer: io.BufferedIOBase
        if start.startswith(_GZIP):
            layer = gzip.GzipFile(fileobj=stream)
        elif start.startswith(_BZIP2):
            layer = bz2.BZ2File(stream)
        elif start.startswith(_XZ):
            layer = _Xz(stream, where)
        elif start[257:262] == _USTAR or where.lower().endswith(TAR):
            layer, where = _table_in_tar(stream, where)
        elif start.startswith((_ZIP, PARQUET)):
            raise DatasetError(f"{where} holds an archive in an archive; unpack the outer one and give the inner one.")
        else:
            return stream, where
        stream = _buffered(layer, where)
    raise DatasetError(f"{where} is packed {MAX_LAYERS} times over, so it is not FER-2013.")


def _table_in_tar(stream: io.BufferedReader, where: str) -> tuple[io.BufferedIOBase, str]:
    """Return the first table in a tar that may be the whole data set; a tar is read once, from its beginning."""
    archive, pictures = tarfile.open(fileobj=stream, mode="r|"), False  # noqa: SIM115 - the caller closes its stream
    for entry in archive:
        if entry.isfile() and is_whole_table(entry.name):
            file = archive.extractfile(entry)
            assert file is not None
            return cast(io.BufferedIOBase, file), f"{where}, {entry.name}"
        pictures = pictures or is_picture(entry.name)
    instead = "; unpack it and give the folder of its pictures" if pictures else ""
    raise DatasetError(f"{where} holds no {' or '.join(CSV_NAMES)}{instead}.")
