"""The present setting beside the one that was pinned as A."""

from dataclasses import replace

import streamlit as st

from fer_core.ensemble import Outcome
from fer_core.markdown import percent
from fer_core.sentences import against, scheme
from ui import state
from ui.choice import Choice
from ui.load import Loaded
from ui.pin import Pin
from ui.text import planned


def swapped(choice: Choice, pin: Pin) -> Choice:
    """Return the choice with A as the present setting, and what was present pinned in its place."""
    weights = dict(zip(pin.members, pin.manual, strict=False))
    manual = {name: weights.get(name, old) for name, old in choice.manual.items()}
    return replace(
        choice,
        members=pin.members,
        weighting=pin.weighting,
        combiner=pin.combiner,
        manual=manual,
        pin=Pin.of(choice.setting()),
    )


def pinned(loaded: Loaded, choice: Choice) -> Outcome | None:
    """Draw the comparison with A and what can be pinned; return what A reaches on the same images, None without it."""
    here, pin = Pin.of(choice.setting()), choice.pin
    outcome = None if pin is None else loaded.explorer.recompute(pin.setting(choice.split, twins=choice.twins))
    with st.container(key="pinned", horizontal=True, vertical_alignment="center", gap="small"):
        if pin is None or outcome is None:
            st.button("Pin as A", icon=":material/push_pin:", on_click=state.put, args=(replace(choice, pin=here),))
            st.caption("Then change something: what comes is held against A.", width="content")
            return None
        if pin != here:
            st.button("Pin this instead", on_click=state.put, args=(replace(choice, pin=here),))
            st.button("Back to A", on_click=state.put, args=(swapped(choice, pin),), help="A and this change places")
        st.button("Unpin", on_click=state.put, args=(replace(choice, pin=None),))
        words = "This setting is A."
        if pin != here:
            fixed = planned(loaded, choice) and planned(loaded, swapped(choice, pin))
            found = loaded.explorer.compare(outcome.setting, choice.setting())
            words = f"This setting: {against(found, exploratory=not fixed)}"
        st.markdown(f"**A**: {scheme(outcome.setting)}, {percent(outcome.accuracy)}%. {words}", width="content")
    return outcome
