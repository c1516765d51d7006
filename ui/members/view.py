"""One member of the ensemble from top to bottom: figures, network, training, decisions, recipe."""

from html import escape

import streamlit as st

from fer_core.architectures import FAMILIES
from fer_core.emotions import SCORED
from fer_core.format import percent
from ui.data.artifacts import Loaded
from ui.kit.headline import big, fact
from ui.kit.theme import CONFIG
from ui.kit.wording import glyph
from ui.members import plots
from ui.members.architecture import diagram, diagram_height
from ui.members.data import Look, Scales
from ui.members.timing import latency
from ui.members.wording import sentences

ABREAST = 3
"""Members side by side; more than these would be too narrow to read."""

NO_LAYERS = (
    "The card of this member does not list its blocks. `python -m fer_core collect` adds them when the run is "
    "collected again."
)


STYLE = """<style>
@media (min-width: 641px) { .fer-origin { min-height:4.2rem; } }
[class*="st-key-timing_"] { min-height:3rem; }
</style>"""
"""Places are reserved: side by side, figures begin at the same height however long the lines above them are."""


def rows(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return members in rows as even as they can be, so that two rows of two come before three and one."""
    lines = -(-len(names) // ABREAST)
    width = -(-len(names) // lines) if lines else 0
    return [names[start : start + width] for start in range(0, len(names), width)] if names else []


def origin(architecture: str) -> str:
    """Return as HTML where an architecture comes from, its bare name for one that nobody described."""
    family = FAMILIES.get(architecture)
    if family is None:
        return escape(architecture)
    paper = escape(family.paper)
    if family.arxiv:
        paper = f'<a href="https://arxiv.org/abs/{family.arxiv}" target="_blank" rel="noopener">{paper}</a>'
    return f"<b>{escape(family.title)}</b> ({paper}). {escape(family.special)}"


def figures(look: Look) -> None:
    """Draw the accuracy of a member and what it costs."""
    outcome, card = look.outcome, look.card
    low, high = outcome.interval
    split = outcome.setting.split
    facts = [
        fact("95% interval, %", f"{percent(low)} to {percent(high)}"),
        fact(f"{'without' if outcome.setting.twins else 'with'} twins, %", percent(look.other.accuracy)),
        fact(f"{SCORED['valid' if split == 'test' else 'test']}, %", percent(look.elsewhere)),
        fact("parameters", f"{card.parameters / 1e6:.2f} M"),
        fact("multiply-adds", f"{card.macs / 1e6:.1f} M"),
        fact("on disk", f"{look.size / 1e6:.1f} MB"),
    ]
    words = f"of {outcome.n:,} {SCORED[split]} images are right"
    st.html(big(percent(outcome.accuracy), words) + f'<div class="fer-facts">{"".join(facts)}</div>')


def member(loaded: Loaded, look: Look, scales: Scales, *, alone: bool) -> None:
    """Draw one member; `alone` gives its figures the width of the page, two in a row."""
    name, card = look.name, look.card
    st.subheader(f"{glyph(loaded, name)} {name}", anchor=False)
    st.html(f'<p class="fer-note{"" if alone else " fer-origin"}">{origin(card.architecture)}</p>{STYLE}')
    figures(look)
    latency(loaded, name)
    if alone:
        left, right = st.columns(2)
        places = [left, right, left, right]
    else:
        places = [st.container()] * 4
    if card.layers:
        places[0].plotly_chart(diagram(look, scales), key=f"tower_{name}", config=CONFIG)
    else:
        place = places[0] if alone else places[0].container(height=diagram_height(scales), border=False)
        place.info(NO_LAYERS, icon=":material/info:")
    places[1].plotly_chart(plots.curves(look, scales), key=f"curves_{name}", config=CONFIG)
    places[2].plotly_chart(plots.recall(look), key=f"recall_{name}", config=CONFIG)
    places[3].plotly_chart(plots.calibration(look), key=f"calibration_{name}", config=CONFIG)
    st.markdown("**How it was made**\n\n" + "\n".join(f"- {line}" for line in sentences(card)))
