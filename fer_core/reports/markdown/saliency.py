"""How faithful each way of making maps is, as the table of docs/saliency.md."""

from collections.abc import Sequence

import numpy as np

from fer_core.artifacts import SaliencyTable
from fer_core.format import table


def measured(found: SaliencyTable | None) -> str:
    """Return threshold, table and marks of the benchmark of all methods, from `artifacts/saliency.json`."""
    if found is None or not found.entries:
        return "Not measured for these artifacts: run `python -m fer_core explain --benchmark`."
    methods = list(dict.fromkeys(entry.method for entry in found.entries))
    rows, marked = [], []
    for method in methods:
        own = [entry for entry in found.entries if entry.method == method]
        best, worst = max(own, key=lambda e: e.gain), min(own, key=lambda e: e.gain)
        kept = [e.randomised for e in own if e.randomised is not None]
        like = float(np.mean(kept)) if kept else None
        mark = " (marked)" if like is not None and like >= found.unchanged else ""
        rows.append(
            [
                f"`{method}`",
                f"{np.mean([e.gain for e in own]):+.3f}",
                f"{best.member} {best.gain:+.3f}, {worst.member} {worst.gain:+.3f}",
                f"{sum(e.low > 0 for e in own)} of {len(own)}",
                f"{np.mean([e.infidelity for e in own]):.2f}",
                _mean([e.sensitivity for e in own]),
                "-" if like is None else f"{like:+.2f}{mark}",
                f"{np.mean([e.milliseconds for e in own]):.0f}",
            ]
        )
        names = [e.member for e in own if e.randomised is not None and e.randomised >= found.unchanged]
        if names:
            marked.append(f"`{method}` for {', '.join(names)}")
    header = ["method", "gain", "best and worst member", "members above chance", "infidelity", "sensitivity"]
    header += ["shuffled weights", "ms a map"]
    made = table(header, rows)
    which = f"Marked: {'; '.join(marked)}." if marked else "No map is marked."
    return (
        f"A map is marked from a rank correlation of {found.unchanged:g} with that of shuffled weights on: it hardly "
        "depends on the weights, so it cannot show what was learned. That a map does depend on them is necessary, not "
        f"sufficient. Means over {found.images} PublicTest images and over members.\n\n{made}\n\n{which}"
    )


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{np.mean(known):.2f}" if known else "-"
