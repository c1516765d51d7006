"""A small made-up FER-2013 in each of its public forms."""

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fer_core.cli import main
from fer_core.dataset import FERPLUS_COLUMNS, Dataset, signatures
from fer_core.dataset.ferplus import CLASS_OF_COLUMN
from fer_core.emotions import EMOTIONS, SPLITS, USAGES

SIZES = {"train": 42, "valid": 21, "test": 21}
HEADER = "emotion,pixels,Usage"


def faces(n: int, rng: np.random.RandomState) -> NDArray[np.uint8]:
    """Draw smooth images uint8 [n,48,48]: what JPEG does to faces it does to them."""
    small = rng.randint(0, 256, (n, 6, 6)).astype(np.uint8)
    return np.stack([np.asarray(Image.fromarray(face).resize((48, 48), Image.Resampling.BICUBIC)) for face in small])


def small_dataset(seed: int = 0, sizes: dict[str, int] = SIZES) -> Dataset:
    """Make a data set with all classes in all splits, labels in no order, and two twins of Training in PrivateTest."""
    rng = np.random.RandomState(seed)
    images = {name: faces(n, rng) for name, n in sizes.items()}
    images["test"][3], images["test"][8] = images["train"][5], images["train"][5]
    images["train"][11] = images["train"][5]
    labels = {name: rng.permutation(np.arange(n) % len(EMOTIONS)) for name, n in sizes.items()}
    return Dataset(
        np.concatenate([images[name] for name in SPLITS]),
        np.concatenate([labels[name] for name in SPLITS]).astype(np.int64),
        np.repeat([USAGES[name] for name in SPLITS], [sizes[name] for name in SPLITS]),
        np.concatenate([np.arange(sizes[name]) for name in SPLITS]),
    )


def known_rows(dataset: Dataset) -> dict[str, NDArray[np.generic]]:
    """Return what `artifacts/rows.npz` would hold."""
    parts = {name: dataset.split(name) for name in SPLITS}
    rows: dict[str, NDArray[np.generic]] = {name: signatures(part.images) for name, part in parts.items()}
    return rows | {f"{name}_labels": part.labels for name, part in parts.items()}


def picked(dataset: Dataset, index: NDArray[np.int64]) -> Dataset:
    """Return some images of a data set, in the order given."""
    return Dataset(dataset.images[index], dataset.labels[index], dataset.usage[index], dataset.rows[index])


def lines(dataset: Dataset) -> list[str]:
    """Return the rows of `fer2013.csv`, without its header."""
    rows = zip(dataset.labels, dataset.images, dataset.usage, strict=True)
    return [f"{label},{' '.join(map(str, image.ravel()))},{usage}" for label, image, usage in rows]


def csv_text(dataset: Dataset, *, icml: bool = False, newline: str = "\n") -> bytes:
    """Return `fer2013.csv`, or with `icml` the other order of columns and the blanks in its header."""
    rows = [HEADER, *lines(dataset)]
    if icml:
        cells = [row.split(",") for row in rows[1:]]
        rows = ["emotion, Usage, pixels", *(f"{a},{c},{b}" for a, b, c in cells)]
    return (newline.join(rows) + newline).encode()


def tar_gz(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def encoded(image: NDArray[np.uint8], kind: str = "PNG") -> bytes:
    """Return one picture as a file; JPEG at quality 90."""
    content = io.BytesIO()
    Image.fromarray(image).save(content, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return content.getvalue()


def pictures(dataset: Dataset, kind: str = "PNG", seed: int = 1) -> dict[str, bytes]:
    """Return the files of the Kaggle form, numbered in an order of their own."""
    ending = {"PNG": "png", "JPEG": "jpg"}[kind]
    numbers = np.random.RandomState(seed).permutation(len(dataset.labels)) + 10**7
    return {
        f"{'train' if usage == 'Training' else 'test'}/{EMOTIONS[label]}/{usage}_{number}.{ending}": encoded(
            image, kind
        )
        for image, label, usage, number in zip(dataset.images, dataset.labels, dataset.usage, numbers, strict=True)
    }


def folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def votes_text(dataset: Dataset) -> bytes:
    """Return a `fer2013new.csv` whose plurality is the label: 8 votes, 1 unknown, 1 that counts the row."""
    column = {emotion: FERPLUS_COLUMNS.index(name) for name, emotion in CLASS_OF_COLUMN.items()}
    rows = [",".join(["Usage", "Image name", *FERPLUS_COLUMNS])]
    for number, (label, usage) in enumerate(zip(dataset.labels, dataset.usage, strict=True)):
        votes = np.zeros(len(FERPLUS_COLUMNS), np.int64)
        votes[column[EMOTIONS[label]]] = 8
        votes[FERPLUS_COLUMNS.index("NF")] = number % 3
        rows.append(f"{usage},fer{number:07}.png," + ",".join(map(str, votes)))
    return ("\n".join(rows) + "\n").encode()


def gz(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content))
    return path


def same(a: Dataset, b: Dataset) -> bool:
    """Whether two data sets are equal to the last bit."""
    if (a.votes is None) != (b.votes is None) or (a.votes is not None and not np.array_equal(a.votes, b.votes)):
        return False
    return all(np.array_equal(getattr(a, key), getattr(b, key)) for key in ("images", "labels", "usage", "rows"))


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    """Run the command, check that it is refused in one sentence, and return the sentence."""
    monkeypatch.setattr(sys, "argv", ["fer_core", "data", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("fer_core: ")
    return printed.err
