"""Copies whose pictures do not say their split are placed by the known rows, in folders and in Parquet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest
from numpy.typing import NDArray
from PIL import Image

from fer_core.dataset import Dataset, find, pack
from fer_core.dataset.cells import code_of, hint_of, usage_of, usage_of_name
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import DatasetError
from tests.dataset_forms import encoded, folder, known_rows, same, small_dataset, zipped

DATA = small_dataset(sizes={"train": 210, "valid": 140, "test": 140})
KNOWN = known_rows(DATA)
KAGGLE = {"Training": "train", "PublicTest": "test", "PrivateTest": "test"}


def numbered(
    part: Callable[[str], str] = KAGGLE.__getitem__,
    classes: tuple[str, ...] = EMOTIONS,
    encode: Callable[[NDArray[np.uint8]], bytes] = encoded,
) -> dict[str, bytes]:
    """Return pictures with plain numbers as names, which begin anew in each folder, in an order of their own."""
    files: dict[str, bytes] = {}
    for i in np.random.RandomState(3).permutation(len(DATA.labels)):
        at = f"{part(DATA.usage[i])}/{classes[DATA.labels[i]]}"
        files[f"{at}/{sum(name.startswith(at) for name in files)}.png"] = encode(DATA.images[i])
    return files


def test_plain_numbers_are_placed(tmp_path: Path) -> None:
    assert same(pack(folder(tmp_path / "k", numbered()), tmp_path / "a.npz", known=KNOWN), DATA)
    assert same(pack(zipped(tmp_path / "k.zip", numbered()), tmp_path / "a.npz", known=KNOWN), DATA)
    assert same(find(tmp_path / "a.npz"), DATA)


@pytest.mark.parametrize(
    "part",
    [
        lambda usage: ".",
        lambda usage: {"Training": "train", "PublicTest": "valid", "PrivateTest": "test"}[usage],
        lambda usage: {"Training": "train", "PublicTest": "test", "PrivateTest": "val"}[usage],
        lambda usage: {"Training": "train", "PublicTest": "train", "PrivateTest": "test"}[usage],
        lambda usage: {"Training": "test", "PublicTest": "train", "PrivateTest": "train"}[usage],
        lambda usage: f"download/FER 2013/{KAGGLE[usage]} set/images",
    ],
)
def test_wherever_a_copy_puts_the_splits(part: Callable[[str], str], tmp_path: Path) -> None:
    found = pack(folder(tmp_path / "k", numbered(part)), tmp_path / "a.npz", known=KNOWN)
    assert np.array_equal(found.images, DATA.images)
    assert np.array_equal(found.labels, DATA.labels)
    assert np.array_equal(found.rows, DATA.rows)


def test_of_identical_pictures_each_stays_in_the_split_of_its_folder(tmp_path: Path) -> None:
    twin = 210 + 140 + 3  # a picture of PrivateTest that Training has, too
    files = {name: content for name, content in numbered().items() if content != encoded(DATA.images[twin])}
    label = DATA.labels[5]
    files[f"train/{EMOTIONS[label]}/last.png"] = encoded(DATA.images[5])
    found = pack(folder(tmp_path / "k", files), tmp_path / "a.npz", known=KNOWN)
    assert 5 in found.split("train").rows
    assert {3, 8}.isdisjoint(found.split("test").rows)


CLASSES = {
    "numbers": tuple("0123456"),
    "numbers and names": ("0_angry", "1 - disgust", "2.fear", "3 happy", "4-Sad", "05_surprise", "6_Neutral"),
    "other words": ("Anger", "disgusted", "scared", "HAPPINESS", "sadness", "surprised", "neutral"),
}


@pytest.mark.parametrize("classes", CLASSES)
def test_folders_of_classes(classes: str, tmp_path: Path) -> None:
    files = numbered(classes=CLASSES[classes])
    assert same(pack(folder(tmp_path / "k", files), tmp_path / "a.npz", known=KNOWN), DATA)


@pytest.mark.parametrize("mode", ["RGB", "LA", "RGBA", "P"])
def test_copies_in_colour_modes(mode: str, tmp_path: Path) -> None:
    def encode(image: NDArray[np.uint8]) -> bytes:
        import io

        content, grey = io.BytesIO(), Image.fromarray(image)
        picture = grey.convert(mode)
        if mode == "P":
            picture.putpalette([value for value in range(256) for _ in range(3)])
        picture.save(content, "PNG")
        return content.getvalue()

    files = numbered(encode=encode)
    assert same(pack(folder(tmp_path / "k", files), tmp_path / "a.npz", known=KNOWN), DATA)


def test_what_cannot_be_placed_is_left_aside(tmp_path: Path) -> None:
    files = numbered() | {f"test/happy/new{i}.png": encoded(255 - DATA.images[i]) for i in range(3)}
    found = pack(folder(tmp_path / "k", files), tmp_path / "a.npz", known=KNOWN)
    assert [found.unmatched(name) for name in SPLITS] == [0, 0, 3]
    assert np.array_equal(found.split("test").images, DATA.split("test").images)


def test_foreign_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"k is not FER-2013, or its classes are called otherwise: [0-9.]+% of its"):
        pack(folder(tmp_path / "k", numbered()), tmp_path / "a.npz", known=known_rows(small_dataset(7)))
    files = numbered(classes=tuple("6012345"))
    with pytest.raises(DatasetError, match=r"k1 is not FER-2013, or its classes are called otherwise: [0-9.]+% of its"):
        pack(folder(tmp_path / "k1", files), tmp_path / "a.npz", known=KNOWN)
    only_test = {name: content for name, content in numbered().items() if name.startswith("test/")}
    with pytest.raises(DatasetError, match="k2 has no image of the split Training"):
        pack(folder(tmp_path / "k2", only_test), tmp_path / "a.npz", known=KNOWN)


def test_without_known_rows_the_split_must_be_said(tmp_path: Path) -> None:
    sentence = (
        r"k: test/angry/0\.png does not say whether it is of Training.*rows\.npz to tell; use another copy or the CSV"
    )
    with pytest.raises(DatasetError, match=sentence):
        pack(folder(tmp_path / "k", numbered()), tmp_path / "a.npz")
    said = pack(folder(tmp_path / "said", numbered(lambda usage: usage)), tmp_path / "a.npz")
    assert np.array_equal(said.usage, DATA.usage), "folders that are called as the challenge's splits"


def hub(
    at: Path, files: dict[str, tuple[str, ...]], *, names: tuple[str, ...] | None = None, path: bool = False
) -> Path:
    """Write a Parquet file of pictures for some splits, as the hubs do."""
    at.mkdir()
    for file, usages in files.items():
        inside = np.flatnonzero(np.isin(DATA.usage, usages))[::-1]
        order = range(7) if names is None else [code_of(name) for name in names]
        codes = [order.index(DATA.labels[i]) for i in inside]
        cells: list[dict[str, Any]] = [
            {"bytes": encoded(DATA.images[i]), "path": f"{DATA.usage[i]}_{i}.png" if path else None} for i in inside
        ]
        table = pyarrow.Table.from_pandas(pd.DataFrame({"image": cells, "label": np.array(codes, np.int64)}))
        if names is not None:
            label = {"names": list(names), "_type": "ClassLabel"}
            info = {"info": {"features": {"image": {"_type": "Image"}, "label": label}}}
            table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
        pyarrow.parquet.write_table(table, at / file)
    return at


TWO = {"train-00000-of-00001.parquet": ("Training",), "test-00000-of-00001.parquet": ("PublicTest", "PrivateTest")}
THREE = {"train.parquet": ("Training",), "validation.parquet": ("PublicTest",), "test.parquet": ("PrivateTest",)}


@pytest.mark.parametrize("files", [TWO, THREE, {"all.parquet": ("Training", "PublicTest", "PrivateTest")}])
@pytest.mark.parametrize("names", [None, tuple(sorted(EMOTIONS)), ("Anger", *EMOTIONS[1:])])
def test_parquet_of_pictures(files: dict[str, tuple[str, ...]], names: tuple[str, ...] | None, tmp_path: Path) -> None:
    assert same(pack(hub(tmp_path / "data", files, names=names), tmp_path / "a.npz", known=KNOWN), DATA)
    with pytest.raises(
        DatasetError, match=r"parquet does not say whether it is of Training.*artifacts/rows\.npz to tell"
    ):
        pack(tmp_path / "data", tmp_path / "b.npz")


def test_parquet_pictures_whose_names_say_the_split_need_no_known_rows(tmp_path: Path) -> None:
    found: Dataset = pack(hub(tmp_path / "data", TWO, path=True), tmp_path / "a.npz")
    assert np.array_equal(found.usage, DATA.usage)
    assert not found.ordered


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ({"bytes": None, "path": "a.png"}, "row 1: the picture is not in the file"),
        ({"bytes": b"x", "path": None}, "row 1: the picture is not a readable JPEG or PNG picture"),
        ({"bytes": encoded(DATA.images[0][:40]), "path": None}, "row 1: the picture has 48x40 pixels, not 48x48"),
        ({"bytes": bytes(300_000), "path": None}, "row 1: more than FER-2013 can hold"),
    ],
)
def test_wrong_pictures_in_parquet(cell: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    pd.DataFrame({"image": [cell], "label": [0]}).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(DatasetError) as caught:
        pack(tmp_path, tmp_path / "a.npz")
    assert f"{tmp_path / 'train.parquet'}, {sentence}" in str(caught.value)
    assert str(caught.value).count(".parquet") == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3", 3),
        (" 3.0 ", 3),
        ("Happy", 3),
        ("3_happy", 3),
        ("03 Happiness", 3),
        ("7", None),
        ("3.5", None),
        ("33", None),
    ],
)
def test_names_of_classes(text: str, code: int | None) -> None:
    assert code_of(text) == code


def test_names_of_splits() -> None:
    assert [usage_of(text) for text in ("publictest", " Private Test", "TRAIN", "test", "")] == [
        *("PublicTest", "PrivateTest", "Training"),
        *(None, None),
    ]
    assert [usage_of_name(text) for text in ("privatetest_1.jpg", "Training.jpg", "1_Training.jpg")] == [
        *("PrivateTest", None, None)
    ]
    assert [hint_of(text) for text in (("fer", "Train set"), ("train", "val"), ("PublicTest",), ("latest",), ())] == [
        *("train", "valid", "PublicTest", "", "")
    ]
