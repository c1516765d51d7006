"""Reading predictions from NPZ and NPY: plain arrays alone, and no more bytes than the file says."""

import io
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from fer_core.emotions import SCORED
from fer_core.errors import BadExtra
from fer_core.user_predictions.types import KINDS, Limits, Part, Raw

ALONE = "arr_0"
"""What NumPy calls an array that was saved without a name."""
MARGIN = 1 << 20
"""Bytes that names and headers may take beside the numbers."""
EXPECTED = (
    "expected 'valid' and 'test' (rows of PublicTest and PrivateTest), or 'logits' or 'probabilities' with 'labels'"
)


def from_npz(source: bytes | Path, file: str, limits: Limits) -> Raw:
    """Read an NPZ; raises BadExtra for one that is damaged, larger than the limits or holds no predictions."""
    return _raw(_arrays(source, file, limits), file)


def from_npy(source: bytes | Path, file: str, limits: Limits) -> Raw:
    """Read an NPY, which holds predictions of both splits one after the other; raises BadExtra as `from_npz` does."""
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        if size > 8 * limits.numbers + MARGIN:
            raise BadExtra(f"{file} holds more than {limits.numbers:,} numbers.")
        stream.seek(0)
        try:
            array = _array(stream, size, file, "its array")
        except (ValueError, OSError, EOFError, MemoryError) as error:
            raise BadExtra(f"{file} is not an NPY file of a plain array, or it is damaged.") from error
    return _raw({ALONE: array}, file)


def _raw(found: dict[str, NDArray[Any]], file: str) -> Raw:
    parts = {name: part for name in SCORED if (part := _part(found, name, file))}
    single = [kind for kind in KINDS if kind in found]
    if ALONE in found and not single and not parts:
        single = [ALONE]
    if (single and parts) or len(single) > 1:
        raise BadExtra(f"{file} holds predictions twice: {', '.join([*parts, *single])}.")
    if single:
        kind = None if single[0] == ALONE else single[0]
        parts = _divided(found, Part(_stacked(found[single[0]], single[0], file), found.get("labels"), kind), file)
    if not parts:
        raise BadExtra(f"{file} holds no predictions: {EXPECTED}, got {_listed(found)}.")
    return Raw(parts, _names(found, "members", file), _names(found, "classes", file))


def _listed(found: dict[str, NDArray[Any]]) -> str:
    names = [repr(name[:40]) for name in list(found)[:8]]
    return ", ".join(names) + (", ..." if len(found) > 8 else "") if names else "nothing"


def _arrays(source: bytes | Path, file: str, limits: Limits) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > 8 * limits.numbers + MARGIN:
                raise BadExtra(f"{file} holds more than {limits.numbers:,} numbers.")
            for entry in entries:
                if not entry.filename.endswith(".npy"):
                    raise BadExtra(f"{file} is a ZIP of {entry.filename[:40]!r} and the like, not an NPZ of arrays.")
            return {
                (name := entry.filename.removesuffix(".npy")): _entry(archive, entry, file, name) for entry in entries
            }
    except (ValueError, OSError, KeyError, EOFError, RuntimeError, NotImplementedError, MemoryError) as error:
        if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
            raise BadExtra(f"{file} cannot be read: {error.strerror}.") from error
        raise BadExtra(f"{file} is not an NPZ file of plain arrays.") from error
    except (zipfile.BadZipFile, zlib.error) as error:
        raise BadExtra(f"{file} is not an NPZ file, or it is damaged.") from error


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str, name: str) -> NDArray[Any]:
    with archive.open(entry) as stream:
        return _array(stream, entry.file_size, file, f"'{name[:40]}'")


def _array(stream: IO[bytes], size: int, file: str, name: str) -> NDArray[Any]:
    """Read one array of a stream of some size; raises ValueError for one that promises more than there is.

    Raises BadExtra for one that would need pickle.
    """
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    try:
        shape, _, dtype = header(stream)
    except (SyntaxError, tokenize.TokenError) as error:
        raise ValueError("the header is damaged") from error
    if dtype.hasobject:
        raise BadExtra(
            f"{file}: {name} holds Python objects, which are never unpickled; save it as text by .astype(str) or as "
            "numbers by .astype(float)."
        )
    if math.prod(shape) * dtype.itemsize > size:
        raise ValueError("the array promises more than there is")
    stream.seek(0)
    array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    return array


def _part(found: dict[str, NDArray[Any]], name: str, file: str) -> Part | None:
    keys = {name: None, f"{name}_logits": "logits", f"{name}_probabilities": "probabilities"}
    there = [key for key in keys if key in found]
    if len(there) > 1:
        raise BadExtra(f"{file} holds predictions twice: {', '.join(there)}.")
    if not there:
        return None
    return Part(_stacked(found[there[0]], there[0], file), found.get(f"{name}_labels"), keys[there[0]])


def _stacked(values: NDArray[Any], key: str, file: str) -> NDArray[Any]:
    """Return predictions [M,N,C]; those of one member may be [N,C]."""
    if values.dtype.names or values.ndim not in (2, 3):
        raise BadExtra(f"{file}: '{key}' needs the shape [members, rows, classes], got {list(values.shape)}.")
    return values[None] if values.ndim == 2 else values


def _divided(found: dict[str, NDArray[Any]], whole: Part, file: str) -> dict[str, Part]:
    """Return the rows by what 'split' says of each, if it is there."""
    split = found.get("split")
    if split is None:
        return {"all": whole}
    if split.shape != whole.values.shape[1:2] or split.dtype.kind not in "US":
        raise BadExtra(f"{file}: 'split' needs one of 'valid' and 'test' for each of {whole.values.shape[1]:,} rows.")
    said = np.char.decode(split, "ascii", "replace") if split.dtype.kind == "S" else split
    strange = sorted(set(said.tolist()) - set(SCORED))
    if strange:
        raise BadExtra(f"{file}: 'split' says {strange[0][:40]!r}; expected 'valid' or 'test'.")
    if whole.labels is not None and whole.labels.shape != split.shape:
        raise BadExtra(f"{file}: 'labels' needs the shape {list(split.shape)}, got {list(whole.labels.shape)}.")
    return {
        name: Part(
            whole.values[:, said == name], None if whole.labels is None else whole.labels[said == name], whole.kind
        )
        for name in SCORED
        if (said == name).any()
    }


def _names(found: dict[str, NDArray[Any]], key: str, file: str) -> tuple[str, ...] | None:
    names = found.get(key)
    if names is None:
        return None
    if names.ndim > 1 or names.dtype.kind not in "USiu":
        raise BadExtra(f"{file}: '{key}' needs to be a list of names.")
    try:
        return tuple(str(name) for name in names.ravel().astype(str).tolist())
    except UnicodeDecodeError as error:
        raise BadExtra(f"{file}: '{key}' needs to be text.") from error
