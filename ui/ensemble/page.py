"""The explorer: switch members and weights, watch the number move."""

from dataclasses import replace

import streamlit as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from ui.data.artifacts import out_of_fold, planned, present
from ui.ensemble import plots
from ui.ensemble.controls import upper_part
from ui.ensemble.downloads import take_home
from ui.kit import uploads_panel
from ui.kit.headline import figures
from ui.kit.pin_bar import pinned
from ui.kit.theme import CONFIG
from ui.kit.wording import caution, scheme_sentence
from ui.session import state


def render() -> None:
    """Draw the page."""
    loaded, choice = present(), state.get()
    explorer, pin = loaded.explorer, choice.pin
    st.title("Switch members, watch the number move", anchor=False)
    st.markdown("Switch members on and off and weight them. Everything below follows at once.")
    uploads_panel.switch(loaded)
    empty = choice.empty() is not None
    outcome = None if empty else explorer.recompute(choice.setting())
    held = None if pin is None else explorer.recompute(pin.setting(choice.split, twins=choice.twins))
    upper_part(loaded, choice, outcome, held)
    place = st.container()
    if outcome is None:
        uploads_panel.panel(loaded, place)
        st.stop()
    fair = None
    weighting, combiner = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
    if choice.split == "valid" and choice.weighting != "manual" and (weighting.fitted or combiner.fit):
        fair = out_of_fold(loaded, choice.members, choice.weighting, choice.combiner)
    st.caption(caution(loaded, choice, fair))
    pinned(loaded, choice)
    with st.expander("All figures", icon=":material/table_rows:"):
        other = explorer.recompute(replace(choice, twins=not choice.twins).setting())
        figures(outcome, other, exploratory=not planned(loaded, choice), words=loaded.words)
    more = st.expander("Weight and confidence by class", key="by_class", on_change="rerun", icon=":material/grid_on:")
    if more.open:  # drawn where it is looked at alone, since a browser takes long over each figure
        first, second = more.columns(2)
        first.plotly_chart(plots.weights(loaded, outcome), key="weights", config=CONFIG)
        second.plotly_chart(plots.confidence_order(loaded, choice.members), key="order", config=CONFIG)
    st.caption(scheme_sentence(choice, loaded.words))
    st.latex(rf"{combiner.formula}, \qquad {weighting.formula}" if combiner.weighs else combiner.formula)
    take_home(loaded, choice)
    uploads_panel.panel(loaded, place)
