"""Whether one map can be believed: four numbers with their words, and the curves of insertion and deletion."""

import math
from typing import TYPE_CHECKING

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from ui.kit.headline import fact
from ui.kit.theme import CONFIG, coloured, ink, layout, two_lines
from ui.kit.wording import number

if TYPE_CHECKING:
    from fer_core.saliency.curves import Curves
    from fer_core.saliency.trust import Trust


MAPS, OTHERS = 15, 400
"""What a check shows to each network, about: as much as so many maps, and so many images besides."""


def checked(found: "Trust", what: str) -> None:
    """Draw what a check found; found : `fer_core.saliency.trust.Trust`; what : the explained class."""
    facts = [
        fact("gain over chance", signed(found.curves.gain)),
        fact("infidelity", number(found.infidelity, 2)),
        fact("sensitivity", number(found.sensitivity, 2)),
        fact("shuffled weights", number(found.randomised, 2).replace("-", "−")),
    ]
    st.html(f'<div class="fer-facts">{"".join(facts)}</div>')
    st.plotly_chart(curves(found.curves, what), key="trust_curves", config=CONFIG)
    st.markdown("\n".join(f"- {line}" for line in sentences(found)))


def signed(value: float) -> str:
    """Return a number with its sign, a true minus."""
    return f"{value:+.2f}".replace("-", "−")


def sentences(found: "Trust") -> list[str]:
    """Say what each number means."""
    gain, missed, moved, kept = found.curves.gain, found.infidelity, found.sensitivity, found.randomised
    order = "orders pixels better than chance on this face" if gain > 0 else "orders pixels no better than chance"
    lines = [
        f"**Gain {signed(gain)}**: the map {order}. It is the area between insertion and deletion, less that of random "
        "orders.",
        "**Infidelity**: covering squares of this face changes nothing, so there is nothing to predict."
        if math.isnan(missed)
        else f"**Infidelity {missed:.2f}**: the map fails to predict {100 * missed:.0f}% of the effect of covering "
        f"squares of "
        "the face.",
        "**Sensitivity**: a map of zeros has none."
        if math.isnan(moved)
        else f"**Sensitivity {moved:.2f}**: noise of up to 5 grey levels changes the map by up to {100 * moved:.0f}%.",
    ]
    if math.isnan(kept):
        return [*lines, "**Shuffled weights**: one of the two maps is flat, so they cannot be compared."]
    like = f"**Shuffled weights {signed(kept)}**: rank correlation with the map of the same network, weights shuffled"
    like += " (the lowest of three shuffles)"
    if found.unchanged:
        hardly = "The map hardly depends on the weights, so it cannot show what was learned."
        return [*lines, f":material/warning: {like}. {hardly}"]
    return [
        *lines,
        f"{like}. The map depends on the weights, which is necessary, not sufficient, for it to show what was learned.",
    ]


def curves(found: "Curves", what: str) -> go.Figure:
    """Show the probability while pixels are inserted and deleted; found : `fer_core.saliency.curves.Curves`."""
    colours = ink()
    title = f"The map beats random orders by {found.gain:.2f}" if found.gain > 0 else "Random orders do as well"
    title += f"<br>{coloured('insertion', colours.accent)}, {coloured('deletion', colours.text)}; dotted: at random"
    figure = go.Figure()
    for values, colour, dash, word in (
        (found.random_insertion, colours.accent, "dot", "random insertion"),
        (found.random_deletion, colours.text, "dot", "random deletion"),
        (found.insertion, colours.accent, "solid", "insertion"),
        (found.deletion, colours.text, "solid", "deletion"),
    ):
        figure.add_scatter(
            x=100 * found.shares,
            y=100 * values,
            mode="lines",
            line={"color": colour, "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
            hovertemplate=f"%{{x:.0f}}% of pixels: %{{y:.1f}}%<extra>{word}</extra>",
        )
    figure.update_xaxes(range=[0, 101], tickvals=[0, 25, 50, 75, 100], title="pixels in the order of the map, %")
    figure.update_yaxes(range=[0, 101], title=f"probability of {what}, %")
    return two_lines(layout(figure, title, 320))
