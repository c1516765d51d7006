"""What the browser's own controls of the page Ensemble say, and what they are told.

The browser numbers its inputs and names the revision that they start from.  An input is taken once, in sequence, and
only if it starts from what the controls were set to last; so neither a click that was sent twice nor one that had not
heard of Back, of a link or of a button undoes anything.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fer_core.emotions import SCORED
from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS
from ui.session.choice import Choice
from ui.session.memory import Told

KEY, INPUT = "live", "input"
"""What the session calls the controls, and what they say in it."""


def setting_of(choice: Choice) -> dict[str, object]:
    """Return what the controls show of a choice, as the browser takes it."""
    return {
        "members": list(choice.members),
        "manual": list(choice.manual.values()),
        "weighting": choice.weighting,
        "combiner": choice.combiner,
        "split": choice.split,
        "twins": choice.twins,
    }


def _shown(choice: Choice) -> tuple[object, ...]:
    manual = tuple(choice.manual.items())
    return (choice.members, manual, choice.weighting, choice.combiner, choice.split, choice.twins)


def told(held: Told, choice: Choice) -> str:
    """Return the revision under which the browser is told a choice: a new one where its controls say another."""
    shown = _shown(choice)
    if held.setting != shown:
        held.setting, held.times = shown, held.times + 1
    return held.revision


def known(state: Mapping[str, Any]) -> object:
    """Return the key of the roster that the browser says it holds, None for none; state : the session's values."""
    said = state.get(KEY)
    given = said.get(INPUT) if isinstance(said, Mapping) else None
    return given.get("holds") if isinstance(given, Mapping) else None


def take(held: Told, state: Mapping[str, Any], choice: Choice) -> Choice:
    """Return the choice with an input that was not taken yet, and note it; the choice itself without one.

    state : the session's values by key.  What a browser sends may be anything: an input that makes no sense is none
    """
    said = state.get(KEY)
    given = said.get(INPUT) if isinstance(said, Mapping) else None
    if not isinstance(given, Mapping) or given.get("revision") != held.revision:
        return choice
    seq = given.get("seq")
    if not isinstance(seq, int) or seq <= held.seq:
        return choice
    found = _read(given, choice)
    if found is None:
        return choice
    held.seq, held.setting = seq, _shown(found)
    return found


def _read(given: Mapping[str, Any], choice: Choice) -> Choice | None:
    names, manual = given.get("members"), given.get("manual")
    if not isinstance(names, list) or not isinstance(manual, list) or len(manual) != len(choice.manual):
        return None
    if not all(isinstance(w, int | float) and math.isfinite(w) and 0 <= w <= LARGEST_WEIGHT for w in manual):
        return None
    weighting, combiner, split = (str(given.get(name)) for name in ("weighting", "combiner", "split"))
    if weighting not in WEIGHTINGS or combiner not in COMBINERS or split not in SCORED:
        return None
    return replace(
        choice,
        members=tuple(name for name in choice.manual if name in names),
        manual={name: float(weight) for name, weight in zip(choice.manual, manual, strict=True)},
        weighting=weighting,
        combiner=combiner,
        split=split,
        twins=given.get("twins") is True,
    )
