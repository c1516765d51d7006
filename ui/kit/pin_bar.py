"""The present setting beside the one that was pinned as A."""

from dataclasses import replace

import streamlit as st

from fer_core.ensemble import Outcome
from fer_core.format import percent
from fer_core.reports.sentences import against, scheme
from ui.data.artifacts import Loaded, planned
from ui.data.pinned import swapped
from ui.session import state
from ui.session.choice import Choice
from ui.session.pin import Pin


def _pin(pin: Pin | None) -> None:
    """Pin a setting, or nothing."""
    state.put(replace(state.taken(), pin=pin))


def _swap(pin: Pin) -> None:
    state.put(swapped(state.taken(), pin))


def pinned(loaded: Loaded, choice: Choice) -> Outcome | None:
    """Draw the comparison with A and what can be pinned; return what A reaches on the same images, None without it."""
    here, pin = Pin.of(choice.setting()), choice.pin
    outcome = None if pin is None else loaded.explorer.recompute(pin.setting(choice.split, twins=choice.twins))
    with st.container(key="pinned", horizontal=True, vertical_alignment="center", gap="small"):
        if pin is None or outcome is None:
            st.button("Pin as A", icon=":material/push_pin:", on_click=_pin, args=(here,))
            st.caption("Then change something to compare it with A.", width="content")
            return None
        if pin != here:
            st.button("Pin this instead", on_click=_pin, args=(here,))
            st.button("Back to A", on_click=_swap, args=(pin,), help="Swap")
        st.button("Unpin", on_click=_pin, args=(None,))
        words = "This setting is A."
        if pin != here:
            fixed = planned(loaded, choice) and planned(loaded, swapped(choice, pin))
            found = loaded.explorer.compare(outcome.setting, choice.setting())
            words = f"This setting: {against(found, exploratory=not fixed)}"
        st.markdown(f"**A**: {scheme(outcome.setting)}, {percent(outcome.accuracy)}%. {words}", width="content")
    return outcome
