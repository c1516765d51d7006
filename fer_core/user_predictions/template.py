"""An example of a file that can be read, of the form and size that members of both splits need."""

import io

import numpy as np

from fer_core.ensemble.columns import column_of
from fer_core.user_predictions.types import Reference


def template_csv(reference: Reference, *, rows: int | None = None) -> str:
    """Return a CSV with one made-up member, `mine`, that gives every class the same probability.

    rows : of each split, all of them if None
    """
    import pandas as pd  # here, because it is large

    counts = {split: len(labels[:rows]) for split, labels in reference.labels.items()}
    table = pd.DataFrame(
        {
            "member": "mine",
            "split": np.repeat(list(counts), list(counts.values())),
            "row": np.concatenate([np.arange(count) for count in counts.values()]),
        }
    )
    for name in reference.classes:
        table[column_of(name)] = 1 / len(reference.classes)
    return str(table.to_csv(index=False, float_format="%.6f", lineterminator="\n"))


def template_npz(reference: Reference) -> bytes:
    """Return the same as NPZ: probabilities float32 [1,N,C] of both splits, names of members and classes."""
    share = np.float32(1 / len(reference.classes))
    arrays = {
        f"{split}_probabilities": np.full((1, len(labels), len(reference.classes)), share)
        for split, labels in reference.labels.items()
    }
    content = io.BytesIO()
    np.savez_compressed(content, members=np.array(["mine"]), classes=np.array(reference.classes), **arrays)  # type: ignore[arg-type]
    return content.getvalue()
