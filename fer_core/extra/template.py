"""An example of a file that can be read, of the form and size that members of both splits need."""

import csv
import io

import numpy as np

from fer_core.extra.types import Ours


def template_csv(ours: Ours, *, rows: int | None = None) -> str:
    """Return a CSV with one made-up member, `mine`, that gives every class the same probability.

    rows : of each split, all of them if None
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["member", "split", "row", *ours.classes])
    share = f"{1 / len(ours.classes):.6f}"
    for split, labels in ours.labels.items():
        writer.writerows(["mine", split, row, *[share] * len(ours.classes)] for row in range(len(labels[:rows])))
    return text.getvalue()


def template_npz(ours: Ours) -> bytes:
    """Return the same as NPZ: probabilities float32 [1,N,C] of both splits, names of members and classes."""
    share = np.float32(1 / len(ours.classes))
    arrays = {
        f"{split}_probabilities": np.full((1, len(labels), len(ours.classes)), share)
        for split, labels in ours.labels.items()
    }
    content = io.BytesIO()
    np.savez_compressed(content, members=np.array(["mine"]), classes=np.array(ours.classes), **arrays)  # type: ignore[arg-type]
    return content.getvalue()
