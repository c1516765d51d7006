"""Packing is all or nothing; votes must fit; what is loaded is checked; bombs are stopped."""

import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest

from fer_core.dataset import Dataset, load, pack, plurality, read_votes, streams
from fer_core.errors import DatasetError, WriteError
from tests.dataset_forms import (
    csv_text,
    folder,
    gz,
    known_rows,
    picked,
    pictures,
    refused,
    small_dataset,
    tar_gz,
    votes_text,
    zipped,
)

DATA = small_dataset()
TEXT = csv_text(DATA)
ROWS = TEXT.decode().splitlines()


@pytest.fixture(autouse=True)
def _no_artifacts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "no-artifacts"))


def written(at: Path, dataset: Dataset = DATA) -> Path:
    (at / "fer2013.csv").write_bytes(csv_text(dataset))
    return at / "fer2013.csv"


def test_an_earlier_file_stays(tmp_path: Path) -> None:
    (tmp_path / "out.npz").write_bytes(b"earlier")
    cut_off = written(tmp_path)
    cut_off.write_bytes(TEXT[:9999])
    with pytest.raises(DatasetError):
        pack(cut_off, tmp_path / "out.npz")
    assert (tmp_path / "out.npz").read_bytes() == b"earlier"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_nothing_is_left_when_writing_fails(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    expected = WriteError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected, match="No space left" if expected is WriteError else None):
        pack(source, tmp_path / "out" / "fer2013.npz")
    assert list((tmp_path / "out").iterdir()) == []


def test_out_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out.npz").mkdir()
    with pytest.raises(WriteError, match=r"out\.npz cannot be written"):
        pack(written(tmp_path), tmp_path / "out.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fer2013.csv", "out.npz"]


@pytest.mark.parametrize("form", ["csv", "gz", "folder", "zip"])
def test_unreadable_files(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = {
        "csv": written,
        "gz": lambda at: gz(at / "fer2013.csv.gz", TEXT),
        "folder": lambda at: folder(at / "kaggle", pictures(DATA)),
        "zip": lambda at: zipped(at / "archive.zip", pictures(DATA)),
    }[form](tmp_path)

    def refuse(path: object, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(DatasetError, match=r"cannot be read: Permission denied\.$") as caught:
        pack(source, tmp_path / "out.npz")
    assert str(source) in str(caught.value)


@pytest.mark.parametrize("form", ["csv.gz", "tar.gz", "pax", "zip", "blank lines"])
def test_bombs_are_stopped(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_BYTES", 3 << 20)
    zeros = bytes(8 << 20)
    if form == "csv.gz":
        source = gz(tmp_path / "a.csv.gz", ROWS[0].encode() + b"\n" + b"\n".join([ROWS[1].encode()] * 900))
    elif form == "tar.gz":
        source = tar_gz(tmp_path / "a.tar.gz", {"large": zeros, "fer2013.csv": TEXT})
    elif form == "pax":
        with tarfile.open(tmp_path / "a.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as archive:
            entry = tarfile.TarInfo("fer2013.csv")
            entry.pax_headers = {"comment": "x" * len(zeros)}
            archive.addfile(entry)
        source = tmp_path / "a.tar.gz"
    elif form == "zip":
        source = zipped(tmp_path / "a.zip", {"fer2013.csv": ROWS[0].encode() + b"\n" * len(zeros)})
    else:
        source = gz(tmp_path / "a.csv.gz", ROWS[0].encode() + b"\n " * len(zeros))
    with pytest.raises(DatasetError, match=r"unpacks to more than 3 MiB|more than FER-2013 can hold"):
        pack(source, tmp_path / "out.npz")


def test_less_than_95_percent_is_refused(tmp_path: Path) -> None:
    known = known_rows(DATA)
    other = small_dataset(seed=9)
    with pytest.raises(DatasetError, match=r"is not FER-2013: [0-9.]+% of the Training images are found in it"):
        pack(written(tmp_path, other), tmp_path / "out.npz", known=known)
    assert not (tmp_path / "out.npz").exists()


VOTES = votes_text(DATA)
WRONG_VOTES = {
    "not there": (None, "fer2013new.csv cannot be read"),
    "wrong column": (VOTES.replace(b"contempt", b"scorn", 1), "has no column 'contempt'"),
    "empty": (b"", "has no column 'Usage'"),
    "no number": (VOTES.replace(b",8,", b",eight,", 1), "row 2: a vote is missing or not a number."),
    "cut off": (VOTES[:-6], "row 85: a vote is missing or not a number."),
    "too many": (VOTES.replace(b",8,", b",800,", 1), "row 2: an unknown split or a vote outside 0 to 255."),
    "unknown split": (VOTES.replace(b"Training", b"Trial", 1), "row 2: an unknown split or a vote"),
    "binary": (bytes(range(128, 256)), "has no column 'Usage'"),
    "a row less": (
        VOTES.replace(VOTES.splitlines(keepends=True)[1], b""),
        "has 41 rows of Training where the data set has",
    ),
    "another order": (
        b"\n".join([VOTES.splitlines()[0], *sorted(VOTES.splitlines()[1:], key=lambda r: r[::-1])]),
        "fit",
    ),
}


@pytest.mark.parametrize("case", WRONG_VOTES)
def test_wrong_votes_are_refused(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, sentence = WRONG_VOTES[case]
    votes = tmp_path / "fer2013new.csv"
    if content is not None:
        votes.write_bytes(content)
    said = refused(monkeypatch, capsys, written(tmp_path), "--ferplus", votes, "--out", tmp_path / "out.npz")
    assert sentence in said
    assert str(votes) in said
    assert not (tmp_path / "out.npz").exists()


def test_votes_of_pictures_need_the_known_rows(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_bytes(VOTES)
    with pytest.raises(DatasetError, match=r"goes by the order of fer2013\.csv; without artifacts/rows\.npz"):
        pack(folder(tmp_path / "kaggle", pictures(DATA)), tmp_path / "out.npz", ferplus=votes)


def test_votes_are_not_shifted_when_the_csv_lacks_a_row(tmp_path: Path) -> None:
    """Without known rows nobody can say which row is missing, so all votes after it would be another image's."""
    votes = tmp_path / "votes.csv"
    votes.write_bytes(VOTES)
    lacking = written(tmp_path, picked(DATA, np.delete(np.arange(len(DATA.labels)), 40)))
    with pytest.raises(DatasetError, match=r"votes\.csv has 42 rows of Training where the data set has 41\."):
        pack(lacking, tmp_path / "out.npz", ferplus=votes)
    found = pack(lacking, tmp_path / "out.npz", ferplus=votes, known=known_rows(DATA))
    assert found.votes is not None
    assert np.array_equal(plurality(found.votes), found.labels)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY\x01", b"hello", None])
def test_load_refuses_what_is_not_packed(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DatasetError, match=r"a\.npz (is not a packed data set|cannot be read)"):
        load(tmp_path / "a.npz")


def test_load_never_unpickles(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.array([object()], dtype=object), labels=np.zeros(1, np.int64))
    with pytest.raises(DatasetError, match="is not a packed data set"):
        load(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "changed",
    [
        {"images": DATA.images.astype(np.float32)},
        {"images": DATA.images[1:]},
        {"labels": DATA.labels + 1},
        {"usage": np.full(len(DATA.labels), "Test")},
        {"rows": DATA.rows.astype(np.float64)},
        {"votes": np.zeros((3, 10), np.uint8)},
    ],
)
def test_load_refuses_wrong_arrays(changed: dict[str, np.ndarray], tmp_path: Path) -> None:
    arrays = {"images": DATA.images, "labels": DATA.labels, "usage": DATA.usage, "rows": DATA.rows}
    np.savez(tmp_path / "a.npz", **(arrays | changed))
    with pytest.raises(DatasetError, match="is damaged; make it again"):
        load(tmp_path / "a.npz")


def test_read_votes_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"fer\.csv cannot be read"):
        read_votes(tmp_path / "fer.csv")
