"""Opening a CSV wherever it lies: plain, gzipped, in a tar or in a zip; nothing is ever extracted to disk."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import cast

from fer_core.errors import DatasetError

CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
"""What the data set is called inside an archive."""
MAX_BYTES = 1 << 30
"""Most bytes that are unpacked; the CSV has 301 million."""
DAMAGE = (
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
)
"""What a cut off, damaged, encrypted or unknown archive raises."""


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
        data = self._file.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise DatasetError(f"{self._where} unpacks to more than {MAX_BYTES >> 20} MiB, so it is not FER-2013.")
        buffer[: len(data)] = data
        return len(data)


def csv_in_zip(path: Path) -> str | None:
    """Return the name of the data set's CSV inside a zip, if there is one; raises DatasetError for a damaged zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
    except DAMAGE as error:
        raise DatasetError(f"{path} is cut off or is not a zip file.") from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    return next((name for wanted in CSV_NAMES for name in names if PurePosixPath(name).name.lower() == wanted), None)


@contextmanager
def opened(path: Path) -> Iterator[tuple[io.BufferedReader, str]]:
    """Open the CSV of a data set; gives the stream and what to call it in messages.

    Gzip is told by its first bytes, since some browsers unpack what they download and keep the name.
    Raises DatasetError when an archive holds no CSV or unpacks to too much, and what DAMAGE lists on the way.
    """
    name = path.name.lower()
    with path.open("rb") as raw:
        if name.endswith(".zip"):
            inside = csv_in_zip(path)
            if inside is None:
                raise DatasetError(f"{path} holds no {' or '.join(CSV_NAMES)}.")
            with zipfile.ZipFile(raw) as archive, archive.open(inside) as file:
                yield _buffered(cast(io.BufferedIOBase, file), f"{path}, {inside}"), f"{path}, {inside}"
            return
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield _found(_buffered(unpacked, str(path)), path)
        else:
            yield _found(_buffered(raw, str(path)), path)


def _buffered(file: io.BufferedIOBase, where: str) -> io.BufferedReader:
    return io.BufferedReader(Bounded(file, where), 1 << 20)


def _found(stream: io.BufferedReader, path: Path) -> tuple[io.BufferedReader, str]:
    """Return the stream itself, or the CSV in it where it is a tar."""
    if not path.name.lower().endswith((".tar.gz", ".tgz", ".tar")):
        return stream, str(path)
    archive = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115 - the stream it reads is closed by the caller
    for entry in archive:
        if entry.isfile() and PurePosixPath(entry.name).name.lower() in CSV_NAMES:
            file = archive.extractfile(entry)
            assert file is not None
            return _buffered(cast(io.BufferedIOBase, file), f"{path}, {entry.name}"), f"{path}, {entry.name}"
    raise DatasetError(f"{path} holds no {' or '.join(CSV_NAMES)}.")
