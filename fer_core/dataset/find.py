"""Where commands find the data set: an argument, FER2013_PATH, or data/fer2013.npz."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from fer_core.dataset.order import KnownRows, arranged, with_votes
from fer_core.dataset.pack import assemble, load, require, write
from fer_core.dataset.types import Dataset
from fer_core.errors import DatasetError, DatasetMissing, WriteError

ENVIRONMENT = "FER2013_PATH"
DEFAULT = Path("data/fer2013.npz")
VOTES = "fer2013new.csv"
_FORMAT = "3"
"""Part of the cache's key: raise it when packing changes."""

HOW_TO_GET = (
    "no data set: download FER-2013 (on Kaggle: 'msambare/fer2013', or fer2013.csv of the challenge), then give it "
    f"by --data, by the variable {ENVIRONMENT}, or pack it with: python -m fer_core data SOURCE"
)


def user_cache_path(name: str, *, ensure_exists: bool) -> Path:
    """Return the folder where programs keep what they can make again."""
    # Imported here: the report reads votes where the explorer's requirements alone are installed.
    import platformdirs

    return platformdirs.user_cache_path(name, ensure_exists=ensure_exists)


def votes_beside(source: Path) -> Path | None:
    """Return the FER+ votes that lie beside a source, if there are any."""
    beside = (source if source.is_dir() else source.parent) / VOTES
    return beside if beside.is_file() else None


def load_any(path: Path, *, known: KnownRows | None = None) -> Dataset:
    """Read a packed data set or any public form, without packing it; votes beside a public form are read too."""
    require(path)
    if path.suffix.lower() == ".npz":
        dataset = load(path)
        return dataset if known is None else arranged(dataset, known, source=str(path))
    dataset, votes = assemble(path, known=known), votes_beside(path)
    # Votes that nobody asked for are left alone where pictures have no order to put them in.
    return with_votes(dataset, votes, exact=known is None) if votes is not None and dataset.ordered else dataset


def _state(path: Path) -> str:
    """Return what changes when a file, or any file of a folder, does."""
    paths = sorted(Path(top) / name for top, _, names in os.walk(path) for name in names) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in paths:
        stat = file.stat()
        digest.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _cached(source: Path, known: KnownRows | None) -> Dataset:
    """Read a public form through the user's cache folder, where it is packed once."""
    votes = votes_beside(source)
    order = "" if known is None else hashlib.sha256(b"".join(known[key].tobytes() for key in sorted(known))).hexdigest()
    try:
        same = hashlib.sha256(f"{source.resolve()}\0{order}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
        state = "\0".join((_FORMAT, _state(source), _state(votes) if votes else ""))
        folder = user_cache_path("fer-ensemble-explorer", ensure_exists=True)
        packed = folder / f"fer2013-{same}-{hashlib.sha256(state.encode()).hexdigest()[:16]}.npz"
        with FileLock(folder / f"fer2013-{same}.lock"):
            with suppress(DatasetError):  # absent or damaged: packed anew
                return load(packed)
            dataset = load_any(source, known=known)
            with suppress(WriteError):  # a full disk costs time, not the command
                write(dataset, packed)
            for old in folder.glob(f"fer2013-{same}-*.npz"):
                if old != packed:
                    old.unlink(missing_ok=True)
            return dataset
    except OSError:  # nor does a cache folder that cannot be written
        return load_any(source, known=known)


def find(data: Path | None = None, *, known: KnownRows | None = None) -> Dataset:
    """Find the data set: `data`, then FER2013_PATH, then data/fer2013.npz.

    Any public form is packed once into the user's cache folder; `fer2013new.csv` beside it gives the votes.

    known : the rows of `artifacts/rows.npz`, to put any copy into the order of the challenge's CSV
    Raises DatasetMissing, saying how to get FER-2013, when none of the three is there.
    """
    if data is not None:
        require(data)
    elif named := os.environ.get(ENVIRONMENT):
        data = Path(named).expanduser()
        require(data, named_by=f"{ENVIRONMENT} names a data set, but ")
    elif DEFAULT.exists():
        data = DEFAULT
    else:
        raise DatasetMissing(HOW_TO_GET)
    return load_any(data, known=known) if data.suffix.lower() == ".npz" else _cached(data, known)
