"""FER-2013 itself, where FER2013_PATH points to it."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_core.dataset import (
    OFFICIAL_COUNTS,
    Dataset,
    class_table,
    count_differences,
    find,
    match,
    plurality,
    signatures,
    twins,
)
from fer_core.emotions import SPLITS
from tests.dataset_forms import encoded

pytestmark = [
    pytest.mark.dataset,
    pytest.mark.skipif(not os.environ.get("FER2013_PATH"), reason="FER2013_PATH is not set"),
]


@pytest.fixture(scope="module")
def real() -> Dataset:
    return find(Path(os.environ["FER2013_PATH"]).expanduser())


def test_counts_are_the_official_ones(real: Dataset) -> None:
    assert {name: tuple(row.tolist()) for name, row in class_table(real).items()} == OFFICIAL_COUNTS
    assert count_differences(real) == []


def test_twins_in_training(real: Dataset) -> None:
    train, test = real.split("train"), real.split("test")
    index = twins(train.images, test.images)
    found = index >= 0
    assert found.sum() == 288
    assert np.array_equal(train.images[index[found]], test.images[found])
    labelled = {(image.tobytes(), label) for image, label in zip(train.images, train.labels, strict=True)}
    same = sum((image.tobytes(), label) in labelled for image, label in zip(test.images, test.labels, strict=True))
    assert same == 279, "of the 288, those with a twin of their own label"
    assert (twins(train.images, real.split("valid").images) >= 0).sum() == 280


def test_ferplus_agrees_on_about_62_percent(real: Dataset) -> None:
    test = real.split("test")
    if test.votes is None:
        pytest.skip("fer2013new.csv is not beside the data set")
    assert 0.60 < (plurality(test.votes) == test.labels).mean() < 0.64


@pytest.mark.parametrize("name", SPLITS)
def test_a_shuffled_jpeg_copy_is_matched(name: str, real: Dataset) -> None:
    part = real.split(name)
    order = np.random.RandomState(0).permutation(len(part.labels))
    copies = [Image.open(io.BytesIO(encoded(part.images[i], "JPEG"))) for i in order]
    found = match(signatures(part.images), part.labels, np.stack([np.asarray(c) for c in copies]), part.labels[order])
    right = (part.images[found] == part.images[order]).all(axis=(1, 2)) & (found >= 0)
    assert right.mean() > 0.99, "identical images may stand in one another's place"
    assert len(np.unique(found[found >= 0])) == (found >= 0).sum()
