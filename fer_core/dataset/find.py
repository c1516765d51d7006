"""Where commands find the data set: an argument, FER2013_PATH, or data/fer2013.npz."""

import hashlib
import os
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from fer_core.dataset.pack import KnownRows, assemble, load, pack
from fer_core.dataset.types import Dataset
from fer_core.errors import DatasetError, DatasetMissing

ENVIRONMENT = "FER2013_PATH"
DEFAULT = Path("data/fer2013.npz")
VOTES = "fer2013new.csv"

HOW_TO_GET = (
    "no data set: download FER-2013 (on Kaggle: 'msambare/fer2013', or fer2013.csv of the challenge), then give it "
    f"by --data, by the variable {ENVIRONMENT}, or pack it with: python -m fer_core data SOURCE"
)


def votes_beside(source: Path) -> Path | None:
    """Return the FER+ votes that lie beside a source, if there are any."""
    beside = (source if source.is_dir() else source.parent) / VOTES
    return beside if beside.exists() else None


def load_any(path: Path, *, known: KnownRows | None = None) -> Dataset:
    """Read a packed data set or any public form, without packing it."""
    if not path.exists():
        raise DatasetMissing(f"{path} does not exist.")
    return load(path) if path.suffix == ".npz" else assemble(path, ferplus=votes_beside(path), known=known)


def _cached(source: Path, known: KnownRows | None) -> Dataset:
    """Read a public form through the user's cache folder, where it is packed once."""
    stat = source.stat()
    key = [str(source.resolve()), str(stat.st_size), str(stat.st_mtime_ns), "1"]
    if (votes := votes_beside(source)) is not None:
        key += [str(votes.stat().st_mtime_ns)]
    if known is not None:
        key += [hashlib.sha256(b"".join(known[name].tobytes() for name in sorted(known))).hexdigest()]
    name = hashlib.sha256("\n".join(key).encode()).hexdigest()[:16]
    try:
        folder = user_cache_path("fer-ensemble-explorer", ensure_exists=True)
        packed = folder / f"fer2013-{name}.npz"
        with FileLock(folder / f"{packed.name}.lock"):
            if packed.exists():
                try:
                    return load(packed)
                except DatasetError:
                    packed.unlink()
            return pack(source, packed, ferplus=votes, known=known)
    except OSError:  # a cache folder that cannot be written costs time, not the command
        return assemble(source, ferplus=votes, known=known)


def find(data: Path | None = None, *, known: KnownRows | None = None) -> Dataset:
    """Find the data set: `data`, then FER2013_PATH (packed once into the user's cache), then data/fer2013.npz.

    known : the rows of `artifacts/rows.npz`, to put any copy into the order of the challenge's CSV
    Raises DatasetMissing, saying how to get FER-2013, when none of the three is there.
    """
    if data is None and (named := os.environ.get(ENVIRONMENT)):
        data = Path(named)
        if not data.exists():
            raise DatasetMissing(f"{ENVIRONMENT} names {data}, which does not exist.")
    if data is None and DEFAULT.exists():
        data = DEFAULT
    if data is None:
        raise DatasetMissing(HOW_TO_GET)
    if data.suffix == ".npz":
        return load_any(data)
    if not data.exists():
        raise DatasetMissing(f"{data} does not exist.")
    return _cached(data, known)
