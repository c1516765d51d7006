"""Every subset of the members: what it reaches, what it costs, and what it is worth to choose among them."""

import streamlit as st

from ui import gain_path, gain_view, laboratory
from ui.gain import gather

WIDTHS = [5, 7]

loaded, choice = laboratory.page(
    "Why ensembles gain",
    "Members err on different images, so together they can be right more often than one by one. Here are all the "
    "ensembles that the members can form, under the weights and the rule chosen below.",
)
gain = gather(loaded, choice)
gain_view.headline(loaded, gain)

st.header("Every subset by its size", anchor="size")
gain_view.by_size(loaded, gain)

st.header("What accuracy costs", anchor="cost")
gain_view.by_cost(loaded, gain, WIDTHS)

st.header("One member at a time", anchor="path")
gain_path.section(loaded, gain, WIDTHS)

st.header("The optimist's gap", anchor="gap")
gain_view.on_both(loaded, gain, WIDTHS)
