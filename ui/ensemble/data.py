"""What the browser is told: the roster, which stays, and Python's answer to one setting."""

from typing import Any

import numpy as np

from fer_core.emotions import COLOURS
from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS, Outcome
from fer_core.ensemble.explorer import SPLITS
from fer_core.format import percent
from fer_core.terminology import FER
from ui.data.artifacts import Loaded
from ui.ensemble.bulk import FITTED
from ui.kit.wording import glyph


def roster(loaded: Loaded) -> dict[str, Any]:
    """Return everything about members, classes and schemes that does not depend on what is chosen."""
    explorer, words = loaded.explorer, loaded.words
    roles = {"test": "" if loaded.alone else " (test)", "valid": "" if loaded.alone else " (validation)"}
    return {
        "key": loaded.key,
        "members": [{"name": name, "glyph": glyph(loaded, name)} | _about(loaded, name) for name in loaded.members],
        "best": loaded.members.index(explorer.best_member),
        "classes": list(explorer.classes),
        "colours": {name: COLOURS[name] for name in explorer.classes if name in COLOURS},
        "images": {split: len(explorer.part(split).labels) for split in SPLITS},
        "splits": {split: words.splits[split] + role for split, role in roles.items()},
        "twins": not loaded.alone,  # nothing is known of what other members were trained on
        "fitted": FITTED,
        "largest": LARGEST_WEIGHT,
        "weightings": [(key, one.title, words.put(one.description)) for key, one in WEIGHTINGS.items()],
        "combiners": [(key, one.title, words.put(one.description), one.weighs) for key, one in COMBINERS.items()],
        "words": {
            "fer": words is FER,
            "valid": words.valid,
            "items": words.items,
            "kind": words.kind,
            "kinds": words.kinds,
            "faces": words.faces,
        },
    }


def _about(loaded: Loaded, name: str) -> dict[str, str]:
    """Return what a member costs, in short and at length; nothing is known about an uploaded one."""
    card, valid = loaded.cards.get(name), f"{loaded.words.valid} {percent(loaded.explorer.valid_accuracy[name])}%"
    if card is None:
        return {"about": "yours", "more": f"Uploaded by you; {valid}"}
    parameters, macs = f"{card.parameters / 1e6:.1f} M", f"{card.macs / 1e6:.0f} M"
    return {
        "about": f"{parameters} · {macs}MACs",
        "more": f"{card.parameters / 1e6:.2f} M parameters, {macs} multiply-adds a view, "
        f"{card.augmentation.get('views', 1)} views an image; {valid}",
    }


def answer(outcome: Outcome, pin: Outcome | None) -> dict[str, Any]:
    """Return what Python found, in counts.

    counts : position in the confusion matrix [C,C] and count, one after the other, of what is not zero
    best_right : images of each class that the best member gets right; pin : the accuracy of what is pinned
    """
    counts, totals = outcome.confusion.ravel(), outcome.confusion.sum(axis=1)
    cells = np.flatnonzero(counts)
    best = np.nan_to_num(outcome.recalls - outcome.recall_gain) * totals
    return {
        "n": outcome.n,
        "won": outcome.mcnemar.only_first,
        "lost": outcome.mcnemar.only_second,
        "counts": np.stack([cells, counts[cells]], axis=1).ravel().tolist(),
        "bestRight": np.rint(best).astype(int).tolist(),
        "pin": None if pin is None else pin.accuracy,
    }
