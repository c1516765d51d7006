"""The page's upper part, which the browser draws and computes: `live/` holds its program."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from fer_core.ensemble import WEIGHTINGS, Outcome
from fer_core.ensemble.subsets.every import most_members, not_for_every_subset
from ui.data.artifacts import Loaded, best_subset, present
from ui.ensemble.bulk import files
from ui.ensemble.data import answer, roster
from ui.session import live, state
from ui.session.choice import Choice
from ui.session.memory import unbroken

PACKAGE, PART = "fer_ensemble_explorer", "ensemble"
NAME = f"{PACKAGE}.{PART}"


@cache
def _component() -> Any:
    return st.components.v2.component(NAME, js="main.js", css="live.css", isolate_styles=False)


def upper_part(loaded: Loaded, choice: Choice, outcome: Outcome | None, pin: Outcome | None) -> None:
    """Draw members, weights, the number and what moves with it.

    outcome : what the choice reaches, None for an empty one; pin : what is pinned reaches
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        # Streamlit serves files of installed packages, so that the browser keeps them; this is how those are declared.
        manifest = ComponentManifest(PACKAGE, "", [ComponentConfig(PART, "live")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    revision, seq = state.live()
    accuracies = loaded.explorer.member_accuracy(choice.split, twins=choice.twins)
    _component()(
        key=live.KEY,
        data={
            # Said once: the browser says with its inputs what it holds.
            "roster": {"key": loaded.key} if live.known(st.session_state.to_dict()) == loaded.key else roster(loaded),
            "revision": revision,
            "seq": seq,
            "setting": live.setting_of(choice),
            "accuracies": list(accuracies.values()),
            "answer": None if outcome is None else answer(outcome, pin),
            "files": files(loaded, choice),
            "search": why_no_search(loaded, choice),
        },
        on_input_change=state.take_live,
        on_best_change=choose_best,
    )


@unbroken
def choose_best() -> None:
    """Switch on the members that are together best on the split that chooses, and all others off; a callback."""
    loaded, choice = present(), state.taken()
    if why_no_search(loaded, choice) is None:
        state.put(choice.with_members(best_subset(loaded, choice.weighting, choice.combiner)))


def why_no_search(loaded: Loaded, choice: Choice) -> str | None:
    """Return why the best subset under the present scheme is not looked for, None if it can be."""
    if len(loaded.members) > most_members(loaded.explorer):
        return f"Too many subsets to try: {len(loaded.members)} members have 2 to the power of that many."
    if WEIGHTINGS[choice.weighting].fit is None:
        return "Weights that you set belong to the members that are on."
    if why := not_for_every_subset(choice.weighting, choice.combiner):
        return f"Too slow to try every subset: {why[0].lower()}{why[1:]}."
    return None
