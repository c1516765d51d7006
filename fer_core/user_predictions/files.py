"""Reading a file of predictions whole: what it holds, checked; and an example of a file that can be read."""

import hashlib
import io
from pathlib import Path

import numpy as np

from fer_core.ensemble.predictions import column_of
from fer_core.errors import BadExtra
from fer_core.user_predictions.check import checked
from fer_core.user_predictions.npz import from_npy, from_npz
from fer_core.user_predictions.types import Extra, Limits, Raw, Reference

READERS = {b"PK\x03\x04": from_npz, b"\x93NUM": from_npy}
"""How files are read that begin with these four bytes; all others are tables."""
OTHER = {
    b"PAR1": "Parquet",
    b"\x89HDF": "HDF5",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"SQLi": "a database",
    b"7z\xbc\xaf": "a 7z archive",
}
"""What else files are that begin with these bytes."""
CHUNK = 1 << 20


def read_extra(content: bytes, file: str, reference: Reference, *, limits: Limits | None = None) -> Extra:
    """Read the bytes of an NPZ, NPY or CSV; raises BadExtra, in one sentence, for what cannot be used.

    file : what to call it; reference : the members and splits that it may join
    """
    return _read(content, content[:4], file, hashlib.sha256(content).hexdigest(), reference, limits or Limits())


def read_extra_file(path: Path, reference: Reference, *, limits: Limits | None = None) -> Extra:
    """Read an NPZ, NPY or CSV from a file of any size that the limits allow, as `read_extra` does."""
    digest, first = hashlib.sha256(), b""
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                first = first or chunk[:4]
                digest.update(chunk)
    except OSError as error:
        raise BadExtra(f"{path} cannot be read: {error.strerror}.") from error
    return _read(path, first, path.name, digest.hexdigest(), reference, limits or Limits())


def _read(source: bytes | Path, first: bytes, file: str, sha256: str, reference: Reference, limits: Limits) -> Extra:
    if not first:
        raise BadExtra(f"{file} is empty.")
    packed = first[:2] in (b"\x1f\x8b", b"BZ")
    if first in OTHER or packed:
        raise BadExtra(f"{file} is {OTHER.get(first, 'packed')}; save predictions as NPZ or CSV.")
    raw = READERS.get(first, _from_csv)(source, file, limits)
    return checked(raw, file, sha256, reference, limits)


def _from_csv(source: bytes | Path, file: str, limits: Limits) -> Raw:
    # Imported here: pandas is large, and every page imports this package.
    from fer_core.user_predictions.table import from_csv

    return from_csv(source, file, limits)


def template_csv(reference: Reference, *, rows: int | None = None) -> str:
    """Return a CSV with one made-up member, `mine`, that gives every class the same probability.

    rows : of each split, all of them if None
    """
    import pandas as pd  # here, because it is large

    counts = {split: len(labels[:rows]) for split, labels in reference.labels.items()}
    table = pd.DataFrame(
        {
            "member": "mine",
            "split": np.repeat(list(counts), list(counts.values())),
            "row": np.concatenate([np.arange(count) for count in counts.values()]),
        }
    )
    for name in reference.classes:
        table[column_of(name)] = 1 / len(reference.classes)
    return str(table.to_csv(index=False, float_format="%.6f", lineterminator="\n"))


def template_npz(reference: Reference) -> bytes:
    """Return the same as NPZ: probabilities float32 [1,N,C] of both splits, names of members and classes."""
    share = np.float32(1 / len(reference.classes))
    arrays = {
        f"{split}_probabilities": np.full((1, len(labels), len(reference.classes)), share)
        for split, labels in reference.labels.items()
    }
    content = io.BytesIO()
    np.savez_compressed(content, members=np.array(["mine"]), classes=np.array(reference.classes), **arrays)  # type: ignore[arg-type]
    return content.getvalue()
