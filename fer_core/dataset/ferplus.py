"""The FER+ crowd votes (Barsoum et al. 2016, arXiv 1608.01041): ten people's labels of each FER-2013 image.

`fer2013new.csv` has a row for each row of `fer2013.csv`.  Its eight emotions map to the seven classes by name
(neutral, happiness, surprise, sadness, anger, disgust, fear); contempt, unknown and not-a-face (NF) have no class.
The plurality of an image is the class with most votes; it has none (-1) when contempt, unknown or NF has as many votes
as any class, or more, and when two classes tie.
It agrees with the label of 61.2% of PrivateTest; published figures near 62% give ties to the first column (62.2%).
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fer_core.dataset.cells import usage_of
from fer_core.dataset.streams import opened
from fer_core.dataset.text_tables import TextTable
from fer_core.emotions import EMOTIONS, USAGES
from fer_core.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

FERPLUS_COLUMNS = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""Columns of the votes, in the order of the file."""

CLASS_OF_COLUMN = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
}
"""Which FER-2013 class a FER+ column stands for."""


def class_votes(votes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return votes uint8 [N,10] as votes for the seven classes in their order: uint8 [N,7]."""
    order = {emotion: FERPLUS_COLUMNS.index(column) for column, emotion in CLASS_OF_COLUMN.items()}
    return votes[:, [order[emotion] for emotion in EMOTIONS]]


def plurality(votes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the class with most of the votes uint8 [N,10]: int64 [N], -1 for a tie or where no class leads."""
    classes, others = class_votes(votes), votes[:, len(CLASS_OF_COLUMN) :]
    most = classes.max(axis=1)
    sole = (classes == most[:, None]).sum(axis=1) == 1
    return np.where(sole & (most > others.max(axis=1)), classes.argmax(axis=1), -1).astype(np.int64)


def read_votes(path: Path) -> dict[str, NDArray[np.uint8]]:
    """Read `fer2013new.csv`: for each usage the votes uint8 [N,10], in the order of the rows.

    Raises DatasetError with file and row for a missing column or a vote that is not a number from 0 to 255.
    """
    votes: dict[str, list[NDArray[np.uint8]]] = {usage: [] for usage in USAGES.values()}
    try:
        with opened(path) as (stream, where):
            table = TextTable(stream, where)
            for column in ("Usage", *FERPLUS_COLUMNS):
                if column.lower() not in table.names:
                    raise DatasetError(f"{where} has no column '{column}'; expected the file fer2013new.csv of FER+.")
            for _, piece in table.pieces(["usage", *(column.lower() for column in FERPLUS_COLUMNS)]):
                usages, values = _checked(piece, where)
                for usage, rows in votes.items():
                    rows.append(values[usages == usage])
    except OSError as error:
        raise DatasetError(f"{path} cannot be read as a CSV file.") from error
    none = np.empty((0, len(FERPLUS_COLUMNS)), np.uint8)
    return {usage: np.concatenate([none, *rows]) for usage, rows in votes.items()}


def _checked(piece: "pd.DataFrame", where: str) -> tuple[NDArray[np.object_], NDArray[np.uint8]]:
    """Return usages and votes uint8 [N,10] of a piece of the table, without its blank lines."""
    import pandas as pd

    piece = piece[(piece != "").any(axis=1)]
    usages = piece["usage"].map(usage_of)
    values = piece[[column.lower() for column in FERPLUS_COLUMNS]].apply(pd.to_numeric, errors="coerce")
    for wrong, bad in (
        ("a vote is missing or not a number", ~(values % 1 == 0).all(axis=1)),
        ("an unknown split or a vote outside 0 to 255", usages.isna() | ~values.isin(range(256)).all(axis=1)),
    ):
        if bad.any():
            raise DatasetError(f"{where}, row {int(bad.idxmax()) + 2}: {wrong}.")
    return usages.to_numpy(), values.to_numpy(np.uint8)
