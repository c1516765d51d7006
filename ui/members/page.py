"""Each network by itself, or two and more side by side: how it is built, how it learned, what it gets right."""

import streamlit as st

from ui.data.artifacts import load
from ui.kit.controls import images_shown, looked_at
from ui.kit.headline import empty_headline
from ui.members.data import look, scales
from ui.members.view import member, rows
from ui.session import state


def render() -> None:
    """Draw the page."""
    loaded, choice = load(), state.get()
    state.restore_controls()
    st.title("Inside each network", anchor=False)
    st.markdown("Look inside each network, or compare several: their layers, training, recall and calibration.")
    looked_at(loaded)
    images_shown(loaded)
    if choice.split == "valid":
        st.caption("PublicTest chose the epoch that each member kept, so its figures are optimistic.")
    if not choice.looked_at:
        empty_headline("No member is chosen.", "Choose one above to look inside it, or several to compare them.")
        st.stop()
    looks = {name: look(loaded, choice, name) for name in choice.looked_at}
    shared = scales(list(looks.values()))
    for names in rows(choice.looked_at):
        for column, name in zip(st.columns(len(names), gap="medium"), names, strict=True):
            with column:
                member(loaded, looks[name], shared, alone=len(looks) == 1)
    st.caption(
        "Training loss is measured on augmented images and softened labels, PublicTest loss on plain ones. Compare "
        "each with itself over the epochs, not with the other. Multiply-adds are those of one view."
    )
