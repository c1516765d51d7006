"""Telling the public forms of FER-2013 apart."""

from pathlib import Path

from fer_core.dataset.csv_forms import read_csv
from fer_core.dataset.picture_forms import read_pictures
from fer_core.dataset.types import Dataset
from fer_core.errors import DatasetError, DatasetMissing

CSV_ENDINGS = (".csv", ".csv.gz", ".tar.gz", ".tgz", ".tar")


def read_source(path: Path) -> Dataset:
    """Read any public form of FER-2013; rows are numbered as they stand in the source.

    Raises DatasetError, in one sentence with file and row, for anything that is not FER-2013.
    """
    if not path.exists():
        raise DatasetMissing(f"{path} does not exist.")
    name = path.name.lower()
    if path.is_dir():
        inside = [path / file for file in ("fer2013.csv", "fer2013.csv.gz", "icml_face_data.csv")]
        return next((read_csv(file) for file in inside if file.exists()), None) or read_pictures(path)
    if name.endswith(".zip"):
        return read_pictures(path)
    if name.endswith(CSV_ENDINGS):
        return read_csv(path)
    raise DatasetError(f"{path} is no form of FER-2013: a folder or a file ending in .zip, {', '.join(CSV_ENDINGS)}.")
