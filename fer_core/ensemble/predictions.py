"""What a setting says of each image, as columns and as CSV."""

import csv
import io

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting


def predictions(explorer: Explorer, setting: Setting) -> dict[str, NDArray[np.generic]]:
    """Return one column a key, all of length N.

    row : position in the split, in the order of fer2013.csv; label, predicted : names of classes
    and by the name of each class the ensemble's share for it, float64
    """
    part, decision = explorer.part(setting.split, twins=setting.twins), explorer.decide(setting)
    names = np.array(explorer.classes)
    shares = {name: decision.shares[:, c] for c, name in enumerate(explorer.classes)}
    return {"row": part.images, "label": names[part.labels], "predicted": names[decision.labels], **shares}


def predictions_csv(explorer: Explorer, setting: Setting) -> str:
    """Return `predictions` as CSV with a header, shares to six decimals."""
    columns = predictions(explorer, setting)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    cells = [
        [f"{value:.6f}" for value in column.tolist()] if column.dtype.kind == "f" else column.tolist()
        for column in columns.values()
    ]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue()
