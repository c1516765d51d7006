"""Tables as people have them: other separators, encodings, compressions, names, labels; Parquet; what is refused."""

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_core.dataset import Dataset, read_source, read_votes, streams
from fer_core.emotions import EMOTIONS
from fer_core.errors import DatasetError
from tests.dataset_forms import csv_text, folder, pictures, same, small_dataset, tar_gz, votes_text, zipped

DATA = small_dataset()
TEXT = csv_text(DATA)
ROWS = TEXT.decode().splitlines()
LONG = "\n".join([ROWS[0], *ROWS[1:] * 20]).encode()


def _table(dataset: Dataset = DATA) -> pd.DataFrame:
    pixels = [" ".join(map(str, image.ravel())) for image in dataset.images]
    return pd.DataFrame({"emotion": dataset.labels, "pixels": pixels, "Usage": dataset.usage})


def _by_pandas(**how: Any) -> bytes:
    stream = io.BytesIO()
    _table().to_csv(stream, **({"index": False} | how))
    return stream.getvalue()


def _renamed(column: str, to: Callable[[Any], Any]) -> bytes:
    table = _table()
    table[column] = table[column].map(to)
    return bytes(table.to_csv(index=False), "utf-8")


CSV = {
    "semicolon": _by_pandas(sep=";"),
    "tab": _by_pandas(sep="\t"),
    "UTF-16": _by_pandas(encoding="utf-16"),
    "UTF-16 without a mark": TEXT.decode().encode("utf-16-le"),
    "UTF-16, big end first": TEXT.decode().encode("utf-16-be"),
    "UTF-8 with a mark, CRLF": b"\xef\xbb\xbf" + csv_text(DATA, newline="\r\n"),
    "old Mac line ends": csv_text(DATA, newline="\r"),
    "quoted": _by_pandas(quoting=1),
    "quoted text alone": _by_pandas(quoting=2),
    "quoted after a blank": _by_pandas(quoting=1).replace(b'","', b'", "'),
    "index": _by_pandas(index=True),
    "float labels": _renamed("emotion", float),
    "names of classes": _renamed("emotion", lambda code: EMOTIONS[code].title()),
    "usage in lower case": _renamed("Usage", str.lower).replace(b"Usage", b"usage"),
    "usage of two words": _renamed("Usage", lambda usage: usage.replace("Test", " test")),
    "pixels in a list": _renamed("pixels", lambda pixels: str([int(value) for value in pixels.split()])),
    "other names of columns": TEXT.replace(b"emotion,pixels,Usage", b"label,pixel,split"),
    "commas at the ends": TEXT.replace(b"Test\n", b"Test,\n"),
    "bz2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "two streams of xz": lzma.compress(TEXT[:70_000]) + lzma.compress(TEXT[70_000:]),
    "gz in xz": lzma.compress(gzip.compress(TEXT)),
}


@pytest.mark.parametrize("form", CSV)
@pytest.mark.parametrize("name", ["fer2013.csv", "mine.tsv"])
def test_csv_as_people_have_it(form: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(CSV[form])
    assert same(read_source(tmp_path / name), DATA)


def test_compression_is_told_without_an_ending(tmp_path: Path) -> None:
    for content in (gzip.compress(TEXT), bz2.compress(TEXT), lzma.compress(TEXT)):
        (tmp_path / "download").write_bytes(content)
        assert same(read_source(tmp_path / "download"), DATA)


def _tar(kind: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=f"w:{kind}") as archive:
        for name in ("fer2013/train.csv", "fer2013/fer2013.csv"):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT)
            archive.addfile(entry, io.BytesIO(TEXT))
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["", "gz", "bz2", "xz"])
def test_a_challenge_archive_under_another_name(kind: str, tmp_path: Path) -> None:
    (tmp_path / "faces (1).gz").write_bytes(_tar(kind))
    assert same(read_source(tmp_path / "faces (1).gz"), DATA)
    download = zipped(
        tmp_path / "challenge.zip", {"data/fer2013.tar.gz": _tar(kind), "data/train.csv": b"emotion,pixels"}
    )
    assert same(read_source(download), DATA)
    assert same(read_source(Path(download.rename(tmp_path / "challenge"))), DATA), "a zip is told by its beginning"


def test_a_table_under_another_name_in_an_archive(tmp_path: Path) -> None:
    assert same(read_source(zipped(tmp_path / "a.zip", {"x/faces.csv.gz": gzip.compress(TEXT)})), DATA)
    assert same(read_source(tar_gz(tmp_path / "a.tar.gz", {"test.csv": b"pixels\n", "faces.csv": TEXT})), DATA)


def test_a_folder_one_level_too_high(tmp_path: Path) -> None:
    files = {"fer/fer2013.csv": TEXT, "fer/fer2013new.csv": votes_text(DATA), "fer/x.csv": b"a,b\n", "x.tar": b""}
    assert same(read_source(folder(tmp_path / "downloads", files)), DATA)


PARTS = {
    "train.csv": (
        "emotion,pixels\n0,1 2\n",
        "train.csv has no column 'usage', as the challenge's train.csv; give icml_",
    ),
    "test.csv": (
        "pixels\n1 2\n",
        "test.csv has pixels and no labels, as the challenge's test.csv; give icml_face_data.csv",
    ),
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("at", ["alone", "folder", "zip"])
def test_a_part_of_the_challenge_says_which_file_has_everything(part: str, at: str, tmp_path: Path) -> None:
    text, sentence = PARTS[part]
    made = folder(tmp_path / "k", {part: text.encode()})
    source = {"alone": made / part, "folder": made}.get(at) or zipped(tmp_path / "a.zip", {part: text.encode()})
    with pytest.raises(DatasetError, match=sentence):
        read_source(source)


def test_train_and_test_beside_the_whole(tmp_path: Path) -> None:
    files = {part: text.encode() for part, (text, _) in PARTS.items()} | {
        "icml_face_data.csv": csv_text(DATA, icml=True)
    }
    assert same(read_source(zipped(tmp_path / "a.zip", files)), DATA)


def _parquet(path: Path, table: pd.DataFrame) -> Path:
    table.to_parquet(path)
    return path


@pytest.mark.parametrize("form", ["strings", "lists", "lists of rows", "names of classes", "without an ending"])
def test_parquet_of_pixels(form: str, tmp_path: Path) -> None:
    table = _table()
    if form == "lists":
        table["pixels"] = [image.ravel().tolist() for image in DATA.images]
    elif form == "lists of rows":
        table["pixels"] = [image.tolist() for image in DATA.images]
    elif form == "names of classes":
        table["emotion"] = [EMOTIONS[label] for label in DATA.labels]
    source = _parquet(tmp_path / ("fer" if form == "without an ending" else "fer.parquet"), table)
    assert same(read_source(source), DATA)
    if source.suffix:
        assert same(read_source(folder(tmp_path / "above", {"data/fer.parquet": source.read_bytes()})), DATA)


def _changed(column: str, value: Any) -> Callable[[Path], Path]:
    def make(at: Path) -> Path:
        table = _table().astype(object)
        table.loc[4, column] = value
        return _parquet(at / "fer.parquet", table.astype({"emotion": str}))

    return make


def _file(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(at: Path) -> Path:
        (at / name).write_bytes(content)
        return at / name

    return make


def _unclosed(row: int) -> bytes:
    return "\n".join([*ROWS[: row - 1], ROWS[row - 1].replace(",", ',"', 1), *ROWS[row:]]).encode()


def _damaged_bz2() -> bytes:
    content = bytearray(bz2.compress(LONG, 1))
    content[-len(content) // 3] ^= 0xFF
    return bytes(content)


def _greedy_xz() -> bytes:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 29}]
    return lzma.compress(b"x", filters=filters)


WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "label 7.0": (_file("a.csv", TEXT.replace(b"\n0,", b"\n7.0,", 1)), "the emotion '7.0' is not a code from 0 to 6"),
    "label 2.5": (_file("a.csv", TEXT.replace(b"\n0,", b"\n2.5,", 1)), "the emotion '2.5' is not a code from 0 to 6"),
    "no usage": (_file("a.csv", TEXT.replace(b"Training", b"test", 1)), "row 2: the usage 'test' is none of Training"),
    "quotation mark": (_file("a.csv", _unclosed(9)), "row 9: a quotation mark is not closed; is the file cut off?"),
    "cut off xz": (_file("a.csv.xz", lzma.compress(TEXT)[:-900]), "a.csv.xz is damaged or cut off"),
    "cut off bz2": (_file("a.csv.bz2", bz2.compress(TEXT)[:-900]), "a.csv.bz2 is damaged or cut off"),
    "damaged bz2": (_file("a.csv.bz2", _damaged_bz2()), "a.csv.bz2 is damaged or cut off"),
    "greedy xz": (_file("a.csv.xz", _greedy_xz()), "a.csv.xz asks for more than 128 MiB of memory to unpack"),
    "layers": (
        _file("a.csv.gz", gzip.compress(gzip.compress(gzip.compress(gzip.compress(b""))))),
        "packed 4 times over",
    ),
    "zip in a zip": (
        lambda at: zipped(at / "a.zip", {"fer2013.csv": zipped(at / "b.zip", {}).read_bytes() + b"PK\3\4"}),
        "no column 'emotion'",
    ),
    "Parquet in a zip": (lambda at: zipped(at / "a.zip", {"a.parquet": b"PAR1"}), "holds Parquet files; unpack it and"),
    "pictures in a tar": (
        lambda at: tar_gz(at / "a.tar.gz", pictures(DATA)),
        "unpack it and give the folder of its pict",
    ),
    "cut off Parquet": (_file("a.parquet", b"PAR1" + bytes(99)), "a.parquet is damaged or cut off after row 0."),
    "Parquet without labels": (
        lambda at: _parquet(at / "a.parquet", _table()[["pixels"]]),
        "has no column 'emotion'; it",
    ),
    "Parquet without pixels": (
        lambda at: _parquet(at / "a.parquet", _table()[["emotion"]]),
        "has no column 'image'; it",
    ),
    "Parquet, a pixel": (_changed("pixels", "1 2 x"), "fer.parquet, row 5: the pixel 'x' is not a number."),
    "Parquet, no pixels": (_changed("pixels", None), "fer.parquet, row 5: expected 2304 pixels, found 0."),
    "Parquet, a label": (_changed("emotion", "9"), "fer.parquet, row 5: the emotion '9' is not a code from 0 to 6."),
    "Parquet, a split": (_changed("Usage", "dev"), "fer.parquet, row 5: the usage 'dev' is none of Training, Public"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_tables_are_refused(case: str, tmp_path: Path) -> None:
    make, sentence = WRONG[case]
    source = make(tmp_path)
    with pytest.raises(DatasetError) as caught:
        read_source(source)
    assert sentence in str(caught.value)
    assert str(source) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_bombs_of_every_compression(
    pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_BYTES", 3 << 20)
    for inside in (LONG, ROWS[0].encode() + b"\n" + bytes(8 << 20), pack(LONG)):
        (tmp_path / "a.csv").write_bytes(pack(inside))
        with pytest.raises(DatasetError, match=r"unpacks to more than 3 MiB|more than FER-2013 can hold|not a code"):
            read_source(tmp_path / "a.csv")


@pytest.mark.parametrize("start", ['0,"', "0,"])
def test_an_endless_cell_takes_little_memory(start: str, tmp_path: Path) -> None:
    text = f"{ROWS[0]}\n{start}".encode() + b"1 " * (64 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text, 1))
    del text
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match=r"row 2: (a quotation mark is not closed|more than FER-2013 can hold)"):
            read_source(tmp_path / "a.csv.gz")
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["semicolon", "UTF-16", "gz"])
def test_votes_are_read_as_tables_are(form: str, tmp_path: Path) -> None:
    votes = votes_text(DATA)
    (tmp_path / "a.csv").write_bytes(votes)
    (tmp_path / "b.csv").write_bytes(
        {"semicolon": votes.replace(b",", b";"), "UTF-16": votes.decode().encode("utf-16"), "gz": gzip.compress(votes)}[
            form
        ]
    )
    expected, found = read_votes(tmp_path / "a.csv"), read_votes(tmp_path / "b.csv")
    assert all(np.array_equal(found[usage], rows) for usage, rows in expected.items())
    assert [len(rows) for rows in found.values()] == [42, 21, 21]
