"""Where each member looks for an emotion on average: maps that were computed beforehand, so no network runs."""

import numpy as np
import streamlit as st

from fer_core.artifacts import MeanSaliency
from fer_core.emotions import EMOTIONS
from ui.data.artifacts import Loaded
from ui.kit.theme import CONFIG
from ui.kit.wording import glyph
from ui.saliency.choice import METHODS, PREFIX
from ui.saliency.plots import Paint, legend, over_face
from ui.session import state

MAKE = "To make them, run: `python -m fer_core explain --mean`"
ABSENT = f"There are no mean maps yet. {MAKE}"
WIDTH = 150


def section(loaded: Loaded) -> None:
    """Draw the mean maps of every member for the chosen emotion; raises ArtifactError for a damaged file."""
    st.header("Where does each network look for an emotion?", anchor="mean", divider=False)
    found = loaded.artifacts.mean_saliency()
    offered = [] if found is None else [name for name in METHODS if name in found.methods]
    if found is None or not found.members or not offered:
        st.info(ABSENT, icon=":material/info:")
        return
    saliency = state.get().saliency
    if st.session_state[f"{PREFIX}average"] not in offered:
        st.session_state[f"{PREFIX}average"] = offered[0]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.pills(
            "Emotion", list(EMOTIONS), required=True, key=f"{PREFIX}emotion", on_change=state.take_controls, wrap=True
        )
        st.segmented_control(
            "Method",
            offered,
            required=True,
            format_func=METHODS.__getitem__,
            key=f"{PREFIX}average",
            on_change=state.take_controls,
        )
    _maps(loaded, found, st.session_state[f"{PREFIX}average"], saliency.emotion, saliency.strength)
    if found.stale:
        st.caption(f"Without {', '.join(found.stale)}: their weights have changed. {MAKE}")


def _maps(loaded: Loaded, found: MeanSaliency, method: str, emotion: str, strength: float) -> None:
    code = EMOTIONS.index(emotion)
    images = int(found.counts[code])
    if not images:
        st.info(f"PublicTest has no {emotion} image.", icon=":material/info:")
        return
    maps = found.maps[found.methods.index(method), :, code]
    paint = Paint(_full(maps), signed=False, strength=strength, low=1.0)
    words = f"mean size of {METHODS[method]} over {images:,} {emotion} images of PublicTest; 1 is the mean pixel"
    st.html(legend(("1", f"{paint.scale:.2g}"), words, paint))
    face = loaded.artifacts.mean_faces()[code]
    with st.container(key="saliency_mean", horizontal=True, gap="small"):
        for name, values in zip(found.members, maps, strict=True):
            title = (f"{glyph(loaded, name)} {name}", f"up to {values.max():.1f} times the mean")
            figure = over_face(face, values, title, f"{name}, {emotion}", paint, width=WIDTH)
            st.plotly_chart(figure, key=f"mean_of_{name}", width=WIDTH, config=CONFIG)


def _full(maps: np.ndarray) -> float:
    """Return the value of full colour, as for single maps: the 99th percentile, more than the mean pixel's 1."""
    return max(1.1, float(np.percentile(maps, 99)))
