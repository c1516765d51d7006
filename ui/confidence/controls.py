"""The controls of the page Confidence."""

import streamlit as st

from ui.confidence.data import Sure
from ui.session import state


def controls(found: Sure) -> None:
    """Draw from which confidence on there is an answer, and whether a temperature is applied."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        st.slider(
            "Confidence threshold",
            0,
            99,
            format="%d %%",
            key="control_confidence_least",
            on_change=state.take_controls,
            width=380,
        )
        st.toggle(
            "Apply its temperature",
            key="control_confidence_cooled",
            disabled=found.said.after is None,
            on_change=state.take_controls,
            help=f"One number, fitted on {found.words.valid} after pooling, makes all confidences sharper or softer. "
            f"No decision changes. Votes have no temperature",
        )
