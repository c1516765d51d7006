"""Maps on the page: the ensemble's first, what members have in common, and each member's, on one scale."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.reports.sentences import scheme
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.kit.headline import big
from ui.kit.theme import CONFIG
from ui.kit.wording import glyph, number
from ui.saliency import wording
from ui.saliency.choice import ENSEMBLE, SaliencyChoice
from ui.saliency.controls import BASELINE_TITLES
from ui.saliency.data import Maps, Wanted
from ui.saliency.plots import TITLE, Paint, legend, over_face

LARGE, MEDIUM, SMALL = 340, 170, 150
"""Widths of maps in pixels: of the ensemble, of what members have in common, of each member."""
ABREAST = 5
"""Members' maps side by side on a wide screen."""

STYLE = """<style>
.fer-scale { display:flex; flex-wrap:wrap; align-items:center; gap:0.1rem 0.5rem; font-size:0.9rem; min-height:1.6rem;
  font-variant-numeric:tabular-nums; }
.fer-scale i { width:9rem; height:0.8rem; border-radius:0.2rem; }
.fer-scale em { font-style:normal; opacity:0.8; }
.st-key-saliency_progress { min-height:2.6rem; }
.st-key-saliency_large { min-height:386px; }
</style>"""
"""Places are reserved: progress and maps come and go without moving what is below."""


def head(wanted: Wanted, setting: Setting, shown: int) -> None:
    """Draw what the ensemble says of the face, and who that is; shown : how many members' maps will follow."""
    room = f"<style>@media (min-width:1000px) {{ .st-key-saliency_right {{ min-height:{_height(shown)}px; }} }}</style>"
    if wanted.answer is None:
        st.html(big("–", "a network gives no finite numbers", unit="") + STYLE + room)
    else:
        st.html(big(EMOTIONS[wanted.answer.label], wording.headline(wanted.answer, setting), unit="") + STYLE + room)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{wanted.face.name[0].upper()}{wanted.face.name[1:]}. Answered by {scheme(setting)}, in one view.")
        st.page_link("pages/ensemble.py", label="Choose others", icon=":material/tune:")


def _height(shown: int) -> int:
    """Return about how high everything right of the controls will be, in pixels."""
    return 350 + LARGE + TITLE + -(-shown // ABREAST) * (SMALL + TITLE + 16)


def view(loaded: Loaded, wanted: Wanted, maps: Maps, choice: SaliencyChoice) -> None:
    """Draw all maps."""
    if not maps.found:
        _trouble(wanted, maps)
        return
    paint, image = Paint(maps.scale, wanted.signed, choice.strength), wanted.face.image
    st.html(_scale(wanted, maps, paint))
    large = ENSEMBLE if ENSEMBLE in maps.found else next(iter(maps.found)) if len(maps.found) == 1 else None
    with st.container(key="saliency_large", horizontal=True, gap="small", vertical_alignment="bottom"):
        if large:
            _map(loaded, image, maps, large, paint, width=LARGE)
        if maps.mean is not None and maps.spread is not None:
            width = MEDIUM if large else LARGE
            alike = "" if maps.likeness is None else f"two correlate at {number(maps.likeness, 2)}"
            title, name = (f"Mean of {len(maps.members)} members", alike), "the mean of members"
            st.plotly_chart(
                over_face(image, maps.mean, title, name, paint, width=width), key="mean", width=width, config=CONFIG
            )
            title, name = ("Where they differ", "standard deviation"), "standard deviation"
            unsigned = replace(paint, signed=False)
            st.plotly_chart(
                over_face(image, maps.spread, title, name, unsigned, width=MEDIUM),
                key="spread",
                width=MEDIUM,
                config=CONFIG,
            )
    with st.container(key="saliency_small", horizontal=True, gap="small"):
        for name in maps.members:
            if name != large:
                _map(loaded, image, maps, name, paint, width=SMALL)
    _trouble(wanted, maps)


def explained(maps: Maps) -> str:
    """Name the class that maps explain, as words."""
    names: Sequence[str] = sorted({networks.saliency.class_names(found.direction[0]) for found in maps.found.values()})
    return names[0] if len(names) == 1 else "the class named above each"


def _scale(wanted: Wanted, maps: Maps, paint: Paint) -> str:
    limit = f"{paint.scale:.2g}"
    ends = (f"−{limit}, against", f"for, +{limit}") if paint.signed else ("0", limit)
    note = ""
    if maps.strongest is not None:
        whose, region, times = maps.strongest
        where = region if region.startswith("the ") else f"the {region}"
        note = f"{whose[0].upper()}{whose[1:]} is strongest on {where}: {times:.1f} times the mean pixel."
    words = wording.unit(wanted.method, explained(maps), logits=wanted.entry.logits)
    return legend(ends, words, paint) + f'<p class="fer-note">{escape(note)}</p>'


def _map(loaded: Loaded, image: NDArray[np.uint8], maps: Maps, name: str, paint: Paint, *, width: int) -> None:
    found = maps.found[name]
    whose = "The ensemble" if name == ENSEMBLE else f"{glyph(loaded, name)} {name}"
    figure = over_face(image, found.values[0], (whose, wording.says(found)), whose, paint, width=width)
    st.plotly_chart(figure, key=f"map_{name}", width=width, config=CONFIG)


def _trouble(wanted: Wanted, maps: Maps) -> None:
    """Say which maps are missing, or are zero everywhere, and why."""
    for sentence in maps.trouble:
        st.caption(f":material/info: {sentence}")
    if maps.empty:
        names = ["the ensemble" if name == ENSEMBLE else name for name in maps.empty]
        named = wanted.arguments.baseline if "baseline" in wanted.entry.uses else None
        baseline = BASELINE_TITLES.get(named) if named else None
        st.caption(f":material/info: {wording.zero(wanted.method, names, baseline)}")
