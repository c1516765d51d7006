"""Which file of a download is the data set, by its name."""

from collections.abc import Collection
from pathlib import PurePosixPath

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
