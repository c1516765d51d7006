"""Every subset of the members: what it reaches, what it costs, and what it is worth to choose among them."""

import streamlit as st

from ui.gain import path, view
from ui.gain.data import gather
from ui.kit import analysis

WIDTHS = [5, 7]


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "Why ensembles gain",
        "Members err on different images, so together they can be right more often than one by one. Here are all the "
        "ensembles that the members can form, under the weights and the rule chosen below.",
    )
    gain = gather(loaded, choice)
    view.headline(loaded, gain)

    st.header("Every subset by its size", anchor="size")
    view.by_size(loaded, gain)

    st.header("What accuracy costs", anchor="cost")
    view.by_cost(loaded, gain, WIDTHS)

    st.header("One member at a time", anchor="path")
    path.section(loaded, gain, WIDTHS)

    st.header("The optimist's gap", anchor="gap")
    view.on_both(loaded, gain, WIDTHS)
