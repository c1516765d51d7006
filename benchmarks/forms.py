"""What `python -m fer_core data` makes of the forms that copies of FER-2013 come in: right rows, time and memory.

    python benchmarks/forms.py [--data FILE] [--folder FOLDER] [--only FORM ...]

Each form is made from the data set in a scratch folder, read by the command in a process of its own, and deleted.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fer_core.cli.data import known_rows
from fer_core.dataset import Dataset, find, load
from fer_core.emotions import EMOTIONS

COLUMNS = "| form | in the right row, % | seconds | peak memory, MB |\n| --- | --- | --- | --- |"
PEAK = """import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)"""
"""A small process to start the command from: a child's peak begins with the memory of whoever starts it."""


def encoded(image: np.ndarray, kind: str = "PNG", mode: str = "L") -> bytes:
    """Return a picture as a file; JPEG at quality 95."""
    content = io.BytesIO()
    Image.fromarray(image).convert(mode).save(content, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return content.getvalue()


def csv(table: pd.DataFrame, folder: Path, *, name: str = "fer2013.csv", **how: object) -> Path:
    """Write the table as text, compressed as the name says."""
    table.to_csv(folder / name, **{"index": False} | how)
    return folder / name


def parquet(table: pd.DataFrame, folder: Path) -> Path:
    """Write the table as one Parquet file."""
    table.to_parquet(folder / "fer2013.parquet")
    return folder / "fer2013.parquet"


def zip_of_tar(table: pd.DataFrame, folder: Path) -> Path:
    """Write the challenge's archive under another name, in a zip."""
    csv(table, folder)
    tar = Path(shutil.make_archive(str(folder / "faces"), "gztar", folder, "fer2013.csv"))
    with zipfile.ZipFile(folder / "download.zip", "w") as archive:
        archive.write(tar, tar.name)
    return folder / "download.zip"


def hub(dataset: Dataset, folder: Path) -> Path:
    """Write pictures and codes as the hubs do: one Parquet file of Training, one of both test splits."""
    for name, inside in (("train", dataset.usage == "Training"), ("test", dataset.usage != "Training")):
        at = np.random.RandomState(1).permutation(np.flatnonzero(inside))
        rows = pd.DataFrame({"image": [{"bytes": encoded(dataset.images[i])} for i in at], "label": dataset.labels[at]})
        rows.to_parquet(folder / f"{name}-00000-of-00001.parquet")
    return folder


def pictures(
    dataset: Dataset, folder: Path, *, names: Sequence[str] = EMOTIONS, split: bool = True, **how: str
) -> Path:
    """Write pictures whose names are plain numbers, in no order."""
    for number, i in enumerate(np.random.RandomState(1).permutation(len(dataset.labels))):
        part = ("train" if dataset.usage[i] == "Training" else "test") if split else "all"
        at = folder / "copy" / part / names[dataset.labels[i]]
        at.mkdir(parents=True, exist_ok=True)
        (at / f"{number}.{'jpg' if 'kind' in how else 'png'}").write_bytes(encoded(dataset.images[i], **how))
    return folder


def forms(dataset: Dataset) -> dict[str, Callable[[Path], Path]]:
    """Return what makes each form in a folder."""
    pixels = [" ".join(map(str, image.ravel())) for image in dataset.images]
    table = pd.DataFrame({"emotion": dataset.labels, "pixels": pixels, "Usage": dataset.usage})
    floats = table.rename(columns=str.lower).astype({"emotion": float})
    marked = {"encoding": "utf-8-sig", "quoting": 1, "lineterminator": "\r\n"}
    return {
        "CSV": partial(csv, table),
        "CSV: semicolons, index, float labels, lower case": partial(csv, floats, sep=";", index=True),
        "CSV: tabs": partial(csv, table, sep="\t"),
        "CSV: UTF-8 with a byte order mark, quoted, CRLF": partial(csv, table, **marked),
        "CSV: UTF-16": partial(csv, table, encoding="utf-16"),
        "CSV: bz2": partial(csv, table, name="fer2013.csv.bz2"),
        "CSV: xz": partial(csv, table, name="fer2013.csv.xz", compression={"method": "xz", "preset": 1}),
        "zip that holds a tar.gz": partial(zip_of_tar, table),
        "Parquet: pixels as text": partial(parquet, table),
        "Parquet: pictures, train and test": partial(hub, dataset),
        "PNG: numbers, train and test": partial(pictures, dataset),
        "PNG: RGB, numbers, train and test": partial(pictures, dataset, mode="RGB"),
        "PNG: numbers, train and test, classes 0 to 6": partial(pictures, dataset, names="0123456"),
        "JPEG: numbers, train and test": partial(pictures, dataset, kind="JPEG"),
        "JPEG: numbers, no split": partial(pictures, dataset, kind="JPEG", split=False),
    }


def right(dataset: Dataset, found: Dataset, *, jpeg: bool) -> float:
    """Return the share of the rows that hold their own picture and label; identical pictures may be swapped."""
    at = {(usage, row): i for i, (usage, row) in enumerate(zip(found.usage, found.rows, strict=True)) if row >= 0}
    same = 0
    for image, label, usage, row in zip(dataset.images, dataset.labels, dataset.usage, dataset.rows, strict=True):
        if (i := at.get((usage, row))) is not None and found.labels[i] == label:
            expected = np.asarray(Image.open(io.BytesIO(encoded(image, "JPEG")))) if jpeg else image
            same += np.array_equal(found.images[i], expected)
    return same / len(dataset.labels)


def measure(dataset: Dataset, name: str, source: Path, out: Path) -> str:
    """Read one form by the command, and return its row of the table."""
    command = [sys.executable, "-m", "fer_core", "data", source, "--out", out]
    start = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", PEAK, *command], cwd=sys.path[0], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    share = f"{100 * right(dataset, load(out), jpeg='JPEG' in name):.2f}" if out.exists() else f"refused: {ran.stderr}"
    return f"| {name} | {share.strip()} | {seconds:.0f} | {ran.stdout.strip()} |"


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of the names of forms")
    given = parser.parse_args()
    dataset = find(given.data, known=known_rows())
    print(COLUMNS)
    for name, make in forms(dataset).items():
        if name.startswith(tuple(given.only)):
            with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
                print(measure(dataset, name, make(Path(scratch)), Path(scratch) / "out.npz"), flush=True)


if __name__ == "__main__":
    main()
