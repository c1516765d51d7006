"""Reading a file of predictions whole: what it holds, checked."""

import hashlib
from pathlib import Path

from fer_core.errors import BadExtra
from fer_core.extra.check import checked
from fer_core.extra.npz import from_npz
from fer_core.extra.table import from_csv
from fer_core.extra.types import Extra, Limits, Ours

ZIP = b"PK\x03\x04"
CHUNK = 1 << 20


def read_extra(content: bytes, file: str, ours: Ours, *, limits: Limits | None = None) -> Extra:
    """Read the bytes of an NPZ or CSV; raises BadExtra, in one sentence, for what cannot be used.

    file : what to call it; ours : the members and splits that it may join
    """
    return _read(content, content[:4], file, hashlib.sha256(content).hexdigest(), ours, limits or Limits())


def read_extra_file(path: Path, ours: Ours, *, limits: Limits | None = None) -> Extra:
    """Read an NPZ or CSV from a file of any size that the limits allow, as `read_extra` does."""
    digest, first = hashlib.sha256(), b""
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                first = first or chunk[:4]
                digest.update(chunk)
    except OSError as error:
        raise BadExtra(f"{path} cannot be read: {error.strerror}.") from error
    return _read(path, first, path.name, digest.hexdigest(), ours, limits or Limits())


def _read(source: bytes | Path, first: bytes, file: str, sha256: str, ours: Ours, limits: Limits) -> Extra:
    if not first:
        raise BadExtra(f"{file} is empty.")
    raw = (from_npz if first == ZIP else from_csv)(source, file, limits)
    return checked(raw, file, sha256, ours, limits)
