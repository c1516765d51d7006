"""Every public form of FER-2013 is read, and gives the same data set."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import fer_core.dataset
from fer_core.dataset import Dataset, class_table, count_differences, load, pack, read_source
from fer_core.emotions import EMOTIONS, SPLITS, USAGES
from tests.dataset_forms import (
    csv_text,
    encoded,
    folder,
    gz,
    known_rows,
    picked,
    pictures,
    same,
    small_dataset,
    tar_gz,
    zipped,
)

Maker = Callable[[Path, Dataset], Path]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


CSV_FORMS: dict[str, Maker] = {
    "fer2013.csv": lambda at, d: _written(at / "fer2013.csv", csv_text(d)),
    "windows line ends": lambda at, d: _written(at / "fer2013.csv", csv_text(d, newline="\r\n")),
    "byte order mark": lambda at, d: _written(at / "fer2013.csv", b"\xef\xbb\xbf" + csv_text(d)),
    "no last line end": lambda at, d: _written(at / "fer2013.csv", csv_text(d).rstrip()),
    "blank lines": lambda at, d: _written(at / "fer2013.csv", csv_text(d, newline="\n\n")),
    "quoted": lambda at, d: _written(at / "a.csv", csv_text(d).replace(b",", b'","').replace(b"\n", b'"\n"')[:-1]),
    "double blanks": lambda at, d: _written(at / "a.csv", csv_text(d).replace(b" ", b"  ")),
    "tabs": lambda at, d: _written(at / "a.csv", csv_text(d).replace(b" ", b"\t")),
    "icml_face_data.csv": lambda at, d: _written(at / "icml_face_data.csv", csv_text(d, icml=True)),
    "fer2013.csv.gz": lambda at, d: gz(at / "fer2013.csv.gz", csv_text(d)),
    "icml_face_data.csv.gz": lambda at, d: gz(at / "icml_face_data.csv.gz", csv_text(d, icml=True)),
    "gzipped without saying so": lambda at, d: gz(at / "fer2013.csv", csv_text(d)),
    "unpacked but named .gz": lambda at, d: _written(at / "fer2013.csv.gz", csv_text(d)),
    "fer2013.tar.gz": lambda at, d: tar_gz(at / "fer2013.tar.gz", _challenge(d)),
    "zip of a CSV": lambda at, d: zipped(at / "archive.zip", {"__MACOSX/fer2013.csv": b"", "fer2013.csv": csv_text(d)}),
    "folder with a CSV": lambda at, d: folder(at / "kaggle", {"icml_face_data.csv": csv_text(d, icml=True)}),
}


def _challenge(dataset: Dataset) -> dict[str, bytes]:
    return {"fer2013/README": b"read me", "fer2013/fer2013.bib": b"@x", "fer2013/fer2013.csv": csv_text(dataset)}


@pytest.mark.parametrize("form", CSV_FORMS)
def test_csv_forms_keep_the_order(form: str, tmp_path: Path) -> None:
    original = small_dataset()
    assert same(read_source(CSV_FORMS[form](tmp_path, original)), original)


@pytest.mark.parametrize("at", ["folder", "zip", "zip with a folder in it", "zip from Windows"])
def test_pictures_keep_class_and_split_but_no_order(at: str, tmp_path: Path) -> None:
    original = small_dataset()
    files = pictures(original) | {"README.txt": b"x", "train/angry/._Training_1.png": b"x", "__MACOSX/x.png": b"x"}
    if at == "zip with a folder in it":
        files = {f"fer2013/{name}": content for name, content in files.items()}
    elif at == "zip from Windows":
        files = {name.replace("/", "\\"): content for name, content in files.items()}
    path = folder(tmp_path / "k", files) if at == "folder" else zipped(tmp_path / "archive.zip", files)
    found = read_source(path)
    assert (found.rows == -1).all()
    assert not found.ordered
    for name in SPLITS:
        part, own = found.split(name), original.split(name)
        assert (part.rows == -1).all()
        assert _contents(part.images, part.labels) == _contents(own.images, own.labels)


def _contents(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> list[tuple[bytes, int]]:
    return sorted((image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True))


def test_folders_may_be_capitalised_or_inflected(tmp_path: Path) -> None:
    files = {
        name.replace("/surprise/", "/Surprised/").replace("/happy/", "/Happy/").replace("/fear/", "/fearful/"): content
        for name, content in pictures(small_dataset()).items()
    }
    found = read_source(folder(tmp_path / "k", files))
    assert [row.tolist() for row in class_table(found).values()] == [[6] * 7, [3] * 7, [3] * 7]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_grey_pictures_in_colour_modes_are_read_as_they_are(mode: str, tmp_path: Path) -> None:
    original = small_dataset()
    files = pictures(original)
    name = next(iter(files))
    image = Image.fromarray(original.images[0])
    (palette := image.convert("P")).putpalette([value for value in range(256) for _ in range(3)])
    files[name] = encoded(np.asarray(image.convert(mode))) if mode != "P" else _saved(palette)
    found = read_source(folder(tmp_path / "k", files)).split("train")
    assert original.images[0].tobytes() in {face.tobytes() for face in found.images}


def _saved(image: Image.Image) -> bytes:
    import io

    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def test_rows_of_mixed_splits_are_grouped(tmp_path: Path) -> None:
    original = small_dataset()
    mixed = picked(original, np.random.RandomState(4).permutation(len(original.labels)))
    found = read_source(_written(tmp_path / "a.csv", csv_text(mixed)))
    assert found.usage.tolist() == original.usage.tolist()
    first = np.flatnonzero(mixed.usage == "PublicTest")[0]
    assert np.array_equal(found.split("valid").images[0], mixed.images[first])


def test_packed_and_loaded_is_the_same(tmp_path: Path) -> None:
    original = small_dataset()
    out = tmp_path / "new" / "fer2013.npz"
    packed = pack(CSV_FORMS["fer2013.csv"](tmp_path, original), out, known=known_rows(original))
    assert same(packed, original)
    assert same(load(out), original)
    assert [path.name for path in out.parent.iterdir()] == ["fer2013.npz"]


def test_class_table_and_differences() -> None:
    found = small_dataset()
    assert {name: row.tolist() for name, row in class_table(found).items()} == {
        "train": [6] * 7,
        "valid": [3] * 7,
        "test": [3] * 7,
    }
    sentences = count_differences(found)
    assert [sentence.split()[0] for sentence in sentences] == list(USAGES.values())
    assert "has 42 images where the challenge's data set has 28,709" in sentences[0]


def test_official_counts_make_no_difference() -> None:
    counts = fer_core.dataset.OFFICIAL_COUNTS
    labels = np.concatenate([np.repeat(np.arange(7), counts[name]) for name in SPLITS])
    usage = np.repeat([USAGES[name] for name in SPLITS], [sum(counts[name]) for name in SPLITS])
    official = Dataset(np.zeros((len(labels), 1, 1), np.uint8), labels, usage, labels)
    assert count_differences(official) == []
    fewer = picked(official, np.arange(1, len(labels)))
    assert count_differences(fewer) == [
        "Training has 28,708 images where the challenge's data set has 28,709 (other counts of angry)."
    ]


def test_split_names_are_checked() -> None:
    with pytest.raises(ValueError, match="name: expected one of train, valid, test, got 'Training'"):
        small_dataset().split("Training")


def test_emotions_are_the_codes_of_the_csv() -> None:
    assert EMOTIONS == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def test_public_names() -> None:
    assert sorted(fer_core.dataset.__all__) == sorted(
        [
            *("FERPLUS_COLUMNS", "OFFICIAL_COUNTS", "Dataset", "KnownRows", "Split", "arrange", "class_table"),
            *("count_differences", "find", "load", "load_any", "match", "pack", "plurality", "read_source"),
            *("read_votes", "signatures", "twins"),
        ]
    )
    assert all(hasattr(fer_core.dataset, name) for name in fer_core.dataset.__all__)
