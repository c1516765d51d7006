"""What the browser computes with: float64 arrays of one split, sent once, which Python itself computes with."""

import numpy as np
from streamlit.runtime import get_instance

from fer_core.ensemble import WEIGHTINGS, Explorer
from fer_core.ensemble.explorer import SPLITS
from fer_core.ensemble.weightings import fit_of
from ui.data.artifacts import Loaded
from ui.session import cache
from ui.session.choice import Choice

MOST = 2**23
"""Numbers (members x images x classes of both splits) that a browser is given; of more, Python alone computes."""
AT_ONCE = 2**21
"""Numbers of which everything is offered from the start; of more, what the present setting needs."""
FITTED = tuple(name for name, weighting in WEIGHTINGS.items() if weighting.fit is not None and not weighting.joint)
"""Weightings whose tables do not depend on which members are on."""
TYPE = "application/octet-stream"


def probabilities(explorer: Explorer, split: str) -> bytes:
    """Return what the browser needs of a split, for `recompute.js` to read.

    One after another: probabilities float64 [M,N,C], weights float64 [M,C] of each of `FITTED`, first classes uint16
    [M,N], labels uint16 [N] and twins uint8 [N].
    """
    part = explorer.part(split)
    valid = explorer.part("valid")
    tables = [fit_of(name)(valid.probabilities, valid.labels) for name in FITTED]
    return b"".join(
        np.ascontiguousarray(array).astype(kind, copy=False).tobytes()
        for array, kind in [
            (part.probabilities, "<f8"),
            *((table, "<f8") for table in tables),
            (part.predicted, "<u2"),
            (part.labels, "<u2"),
            (part.twin, "u1"),
        ]
    )


def log_probabilities(explorer: Explorer, split: str) -> bytes:
    """Return log-probabilities float64 [M,N,C]."""
    return np.ascontiguousarray(explorer.part(split).logs).astype("<f8", copy=False).tobytes()


KINDS = {"probabilities": probabilities, "logs": log_probabilities}


def numbers(explorer: Explorer) -> int:
    """Return how many probabilities both splits hold."""
    return sum(explorer.part(split).probabilities.size for split in SPLITS)


def files(loaded: Loaded, choice: Choice) -> dict[str, dict[str, str]] | None:
    """Offer the arrays to this session's browser; return their addresses by split and kind, None for too many.

    Streamlit drops what a run does not offer again, so this is called once a run.
    """
    size = numbers(loaded.explorer)
    if size > MOST:
        return None
    needed = {"probabilities"} | ({"logs"} if choice.combiner == "mean_log_probability" else set())
    return {
        split: {
            kind: _offered(loaded, split, kind)
            for kind in KINDS
            if size <= AT_ONCE or (split == choice.split and kind in needed)
        }
        for split in SPLITS
    }


def _offered(loaded: Loaded, split: str, kind: str) -> str:
    store, key = (
        (cache.of_visitor(cache.MODELS) if loaded.extras else cache.shared()),
        ("bulk", loaded.key, split, kind),
    )
    content = store.get(key)
    if content is None:
        content = KINDS[kind](loaded.explorer, split)
        store.put(key, content)
    # Streamlit tells large files apart by a part of their bytes, and by their name.
    name = f"{loaded.key} {split} {kind}"
    return get_instance().media_file_mgr.add(content, TYPE, f"ensemble {split} {kind}", file_name=name)
