"""The controls of the page Labels."""

import streamlit as st

from fer_core.metrics.crowd import AGREED
from ui.labels.choice import LabelsChoice
from ui.session import state

TITLES = {"label": "Label", "plurality": "Crowd plurality", "distribution": "Vote distribution"}


def controls() -> None:
    """Draw whose answer counts as right, and on which images."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Right is",
            list(LabelsChoice.WORDS["truth"]),
            format_func=TITLES.__getitem__,
            required=True,
            key="control_labels_truth",
            on_change=state.take_controls,
            label_visibility="collapsed",
        )
        st.toggle(
            f"Only where {AGREED} of 10 agree",
            key="control_labels_agreed",
            on_change=state.take_controls,
            help=f"Counts images on which at least {AGREED} of ten people name one of the seven emotions",
        )
