"""Telling the public forms of FER-2013 apart."""

from pathlib import Path

from fer_core.dataset.csv_forms import read_csv
from fer_core.dataset.picture_forms import read_pictures
from fer_core.dataset.streams import csv_in_zip
from fer_core.dataset.types import Dataset
from fer_core.errors import DatasetError, DatasetMissing

CSV_ENDINGS = (".csv", ".csv.gz", ".tar.gz", ".tgz", ".tar")
IN_FOLDER = ("fer2013.csv", "fer2013.csv.gz", "icml_face_data.csv", "icml_face_data.csv.gz", "fer2013.tar.gz")
"""What is looked for in a folder before pictures are."""


def require(path: Path, *, named_by: str = "") -> None:
    """Raise DatasetMissing where there is no file or folder `path`, DatasetError where it cannot be looked at."""
    try:
        there = path.exists()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not there:
        raise DatasetMissing(f"{named_by}{path} does not exist.")


def read_source(path: Path) -> Dataset:
    """Read any public form of FER-2013.

    Raises DatasetError, in one sentence with file and row, for anything that is not FER-2013.
    """
    require(path)
    name = path.name.lower()
    if path.is_dir():
        inside = next((path / file for file in IN_FOLDER if (path / file).is_file()), None)
        return read_pictures(path) if inside is None else read_csv(inside)
    if name.endswith(".zip"):
        return read_pictures(path) if csv_in_zip(path) is None else read_csv(path)
    if name.endswith(CSV_ENDINGS):
        return read_csv(path)
    raise DatasetError(f"{path} is no form of FER-2013: a folder or a file ending in .zip, {', '.join(CSV_ENDINGS)}.")
