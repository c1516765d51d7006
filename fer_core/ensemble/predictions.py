"""What a setting says of each image, as columns and as CSV."""

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.columns import column_of
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.outcome import Setting


def predictions(explorer: Explorer, setting: Setting) -> dict[str, NDArray[np.generic]]:
    """Return one column a key, all of length N.

    row : position in the split, in the order of fer2013.csv; label, predicted : names of classes
    and by the name of each class, as `column_of` gives it, the ensemble's share for it, float64
    """
    part, decision = explorer.part(setting.split, twins=setting.twins), explorer.decide(setting)
    names = np.array(explorer.classes)
    shares = {column_of(name): decision.shares[:, c] for c, name in enumerate(explorer.classes)}
    return {"row": part.images, "label": names[part.labels], "predicted": names[decision.labels], **shares}


def predictions_csv(explorer: Explorer, setting: Setting) -> str:
    """Return `predictions` as CSV with a header, shares to six decimals."""
    # Imported here: it is large, and no page needs it before somebody takes a table home.
    import pandas as pd

    table = pd.DataFrame(predictions(explorer, setting))
    return str(table.to_csv(index=False, float_format="%.6f", lineterminator="\n"))
