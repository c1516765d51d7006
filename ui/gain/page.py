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
        "See what every ensemble of these members reaches and costs, under the weights and the combiner chosen below. "
        "Members make different errors, so together they can be right more often than alone.",
    )
    gain = gather(loaded, choice)
    view.headline(loaded, gain)

    st.header("Every subset by its size", anchor="size")
    view.by_size(loaded, gain)

    st.header("What accuracy costs", anchor="cost")
    view.by_cost(loaded, gain, WIDTHS)

    st.header("One member at a time", anchor="path")
    path.section(loaded, gain, WIDTHS)

    st.header("Selection bias", anchor="gap")
    view.on_both(loaded, gain, WIDTHS)
