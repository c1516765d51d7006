"""Any copy of the data set is put into the challenge's order; twins are found; votes stand beside their images."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from fer_core.dataset import FERPLUS_COLUMNS, arrange, match, pack, plurality, read_votes, signatures, twins
from fer_core.dataset.ferplus import class_votes
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import DatasetError
from tests.dataset_forms import (
    csv_text,
    encoded,
    faces,
    folder,
    known_rows,
    picked,
    pictures,
    same,
    small_dataset,
    votes_text,
    zipped,
)
from tests.examples import examples

DATA = small_dataset()
LARGER = small_dataset(sizes={"train": 210, "valid": 140, "test": 140})


def jpeg(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(encoded(image, "JPEG"))), np.uint8)


def test_signatures_are_frozen() -> None:
    """The cached rows are compared with these numbers on other machines and under other versions of NumPy."""
    ramp = (np.arange(48)[:, None] * 2 + np.arange(48)[None]).astype(np.uint8)
    found = signatures(np.stack([ramp, ramp.T]))
    assert found.dtype == np.float16
    assert found.shape == (2, 64)
    flat = (ramp.ravel() - ramp.mean()) / ramp.std()
    expected = flat @ np.random.RandomState(2013).standard_normal((2304, 64)) / 48
    assert np.allclose(found[0].astype(float), expected, atol=2e-3)
    assert np.random.RandomState(2013).standard_normal(2).round(6).tolist() == [0.279545, 0.107474]


def test_signatures_ignore_brightness_and_contrast_and_survive_blank_images() -> None:
    face = faces(1, np.random.RandomState(0)) // 4 + 20
    assert np.allclose(signatures(face), signatures((face * 2 + 50).astype(np.uint8)), atol=2e-3)
    assert (signatures(np.full((2, 48, 48), 7, np.uint8)) == 0).all()
    assert signatures(np.empty((0, 48, 48), np.uint8)).shape == (0, 64)


def test_signatures_check_the_shape() -> None:
    with pytest.raises(ValueError, match=r"images: expected uint8 \[N,48,48\], got \[2, 40, 48\]"):
        signatures(np.zeros((2, 40, 48), np.uint8))


@examples(20)
@given(st.integers(0, 2**31 - 1))
def test_match_undoes_any_order(seed: int) -> None:
    part = LARGER.split("valid")
    order = np.random.RandomState(seed).permutation(len(part.labels))
    found = match(signatures(part.images), part.labels, part.images[order], part.labels[order])
    assert np.array_equal(found, order)


def test_match_is_one_to_one_and_keeps_the_order_of_identical_images() -> None:
    images = np.repeat(faces(3, np.random.RandomState(1)), 3, axis=0)
    labels = np.zeros(9, np.int64)
    known = signatures(images)
    assert match(known, labels, images, labels).tolist() == list(range(9))
    found = match(known[:8], labels[:8], images, labels)
    assert sorted(found.tolist()) == [-1, *range(8)]
    assert found[8] == -1


def test_match_goes_by_label_and_by_nearness() -> None:
    images = faces(6, np.random.RandomState(2))
    labels = np.array([0, 0, 1, 1, 2, 2])
    known = signatures(images)
    assert match(known, labels, images, labels[::-1].copy()).tolist() == [-1, -1, 2, 3, -1, -1]
    assert match(known, labels, 255 - images, labels).tolist() == [-1] * 6
    assert match(known, labels, images, np.full(6, 5)).tolist() == [-1] * 6
    near = np.clip(images[:1].astype(int) + 6 * np.random.RandomState(0).standard_normal((1, 48, 48)), 0, 255)
    both = np.concatenate([near.astype(np.uint8), images[:1]])
    assert match(known, labels, both, np.zeros(2, np.int64)).tolist() == [-1, 0], "the exact copy comes first"


def test_match_of_thousands_of_equal_images_weighs_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.repeat(faces(1, np.random.RandomState(3)), 1000, axis=0)
    labels = np.zeros(1000, np.int64)
    weighed = []
    lexsort = np.lexsort
    monkeypatch.setattr(np, "lexsort", lambda keys: weighed.append(len(keys[0])) or lexsort(keys))
    match(signatures(images), labels, images, labels)
    assert weighed == [32_000], "all pairs would be a million"


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_shuffled_jpeg_copy_is_put_in_order(kind: str, tmp_path: Path) -> None:
    files = pictures(LARGER, "JPEG")
    source = folder(tmp_path / "k", files) if kind == "folder" else zipped(tmp_path / "a.zip", files)
    (tmp_path / "votes.csv").write_bytes(votes_text(LARGER))
    found = pack(source, tmp_path / "out.npz", known=known_rows(LARGER), ferplus=tmp_path / "votes.csv")
    assert np.array_equal(found.images, np.stack([jpeg(image) for image in LARGER.images]))
    assert np.array_equal(found.labels, LARGER.labels)
    assert np.array_equal(found.rows, LARGER.rows)
    assert found.votes is not None
    assert np.array_equal(plurality(found.votes), LARGER.labels)
    assert np.array_equal(found.votes[:, -1], np.arange(len(LARGER.labels)) % 3), "each image has its own row of votes"


def test_missing_and_foreign_images_are_left_aside(tmp_path: Path) -> None:
    kept = np.delete(np.arange(len(LARGER.labels)), [3, 217, 360])
    copy = picked(LARGER, kept)
    copy.images[7] = 255 - copy.images[7]
    (tmp_path / "a.csv").write_bytes(csv_text(copy))
    (tmp_path / "votes.csv").write_bytes(votes_text(LARGER))
    out = tmp_path / "out.npz"
    found = pack(tmp_path / "a.csv", out, known=known_rows(LARGER), ferplus=tmp_path / "votes.csv")
    assert [found.unmatched(name) for name in SPLITS] == [1, 0, 0]
    assert found.rows[208] == -1, "the unmatched image is the last of its split"
    assert found.votes is not None
    assert not found.votes[208].any()
    train = found.split("train")
    assert train.rows.tolist() == [row for row in range(210) if row not in (3, 8)]
    assert np.array_equal(train.images, LARGER.split("train").images[train.rows])
    for name in SPLITS:
        part = found.split(name)
        assert part.votes is not None
        assert np.array_equal(plurality(part.votes), LARGER.split(name).labels[part.rows])


def test_95_percent_is_the_border() -> None:
    known = known_rows(LARGER)
    enough = picked(LARGER, np.arange(len(LARGER.labels))[10:])  # 200 of 210
    assert arrange(enough, known, source="a.csv").unmatched("train") == 0
    with pytest.raises(DatasetError, match=r"^a\.csv is not FER-2013: 94\.8% of the Training images are found in it"):
        arrange(picked(LARGER, np.arange(len(LARGER.labels))[11:]), known, source="a.csv")


def test_a_csv_in_order_stays_as_it_is() -> None:
    assert same(arrange(DATA, known_rows(DATA), source="a.csv"), DATA)


def test_twins_are_the_first_identical_training_images() -> None:
    train, test = DATA.split("train").images, DATA.split("test").images
    expected = np.full(len(test), -1)
    expected[[3, 8]] = 5  # and not 11, which is the same picture
    assert np.array_equal(twins(train, test), expected)
    assert (twins(train, DATA.split("valid").images) == -1).all()
    almost = train[5:6].copy()
    almost[0, 47, 47] ^= 1
    assert twins(train, almost).tolist() == [-1]


def votes(**given: int) -> NDArray[np.uint8]:
    return np.array([[given.get(column, 0) for column in FERPLUS_COLUMNS]], np.uint8)


@pytest.mark.parametrize(
    ("given", "emotion"),
    [
        ({"anger": 6, "neutral": 4}, "angry"),
        ({"disgust": 10}, "disgust"),
        ({"fear": 5, "surprise": 4, "NF": 1}, "fear"),
        ({"happiness": 3, "unknown": 2, "contempt": 2, "NF": 2, "sadness": 1}, "happy"),
        ({"sadness": 4, "neutral": 3, "anger": 3}, "sad"),
        ({"surprise": 9, "fear": 1}, "surprise"),
        ({"neutral": 7, "contempt": 3}, "neutral"),
        ({"neutral": 5, "sadness": 5}, None),
        ({"neutral": 3, "contempt": 7}, None),
        ({"neutral": 4, "unknown": 6}, None),
        ({"happiness": 2, "NF": 8}, None),
        ({"happiness": 5, "contempt": 5}, None),
        ({"happiness": 4, "unknown": 4, "fear": 2}, None),
        ({}, None),
    ],
)
def test_plurality(given: dict[str, int], emotion: str | None) -> None:
    expected = -1 if emotion is None else EMOTIONS.index(emotion)
    assert plurality(votes(**given)).tolist() == [expected]


def test_class_votes_are_in_the_order_of_the_classes() -> None:
    numbered = np.arange(1, 11, dtype=np.uint8)[None]
    assert class_votes(numbered).tolist() == [[5, 6, 7, 2, 4, 3, 1]]


def test_read_votes_keeps_the_order_of_each_split(tmp_path: Path) -> None:
    (tmp_path / "fer2013new.csv").write_bytes(votes_text(DATA))
    found = read_votes(tmp_path / "fer2013new.csv")
    assert {usage: part.shape for usage, part in found.items()} == {
        "Training": (42, 10),
        "PublicTest": (21, 10),
        "PrivateTest": (21, 10),
    }
    assert np.array_equal(plurality(found["PublicTest"]), DATA.split("valid").labels)
