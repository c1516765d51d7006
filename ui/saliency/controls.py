"""The left column of the page Saliency: what is explained, by which method, with which arguments."""

from typing import TYPE_CHECKING

import streamlit as st

from fer_core.emotions import EMOTIONS
from ui.data.artifacts import Loaded
from ui.kit.wording import glyph
from ui.saliency.choice import BASELINES, EXPLAINED, LIMITS, METHODS, PREFIX, SHOWN
from ui.session import state

if TYPE_CHECKING:
    from fer_core.saliency import Attribution


EXPLAIN_TITLES = {"ensemble": "what the ensemble says", "own": "what each says itself"}
BASELINE_TITLES = {"black": "black", "mean_face": "the mean face", "blurred": "the same face, blurred"}
"""A test holds them to the library's."""

SLIDERS: dict[str, tuple[str, float, str]] = {
    "steps": ("Steps", 10, "Images on the path from the baseline to the face"),
    "samples": ("Samples", 5, "Noisy copies, or random sets of regions"),
    "noise": ("Noise", 0.02, "Standard deviation of the noise; white is 1"),
    "window": ("Window", 1, "Side in pixels of the square that is covered"),
    "stride": ("Stride", 1, "Pixels that the square moves; at most its side"),
}
"""Label, step and help of each argument that is a number."""


def method(entry: "Attribution", cost: str) -> None:
    """Draw the choice of the method, and what it measures; entry : of the library's registry; cost : of one map."""
    st.selectbox(
        "Method", list(METHODS), format_func=METHODS.__getitem__, key=f"{PREFIX}method", on_change=state.take_controls
    )
    paper = f"[{entry.paper}](https://arxiv.org/abs/{entry.arxiv})"
    st.caption(f"{entry.measures} {paper}. One map costs {cost}.")


def explained() -> None:
    """Draw the choice of the class, and of another that it is set against."""
    st.selectbox(
        "Why",
        list(EXPLAINED),
        format_func=lambda name: EXPLAIN_TITLES.get(name, name),
        key=f"{PREFIX}explain",
        on_change=state.take_controls,
    )
    others = [emotion for emotion in EMOTIONS if emotion != state.get().saliency.explain]
    st.selectbox(
        "and not",
        ["none", *others],
        format_func=lambda name: "– (no other class)" if name == "none" else name,
        key=f"{PREFIX}against",
        on_change=state.take_controls,
        help="Explains the first class over this one, instead of the first alone",
    )


def arguments(entry: "Attribution") -> None:
    """Draw the arguments that a method takes."""
    if not entry.uses:
        st.caption("It takes no arguments.")
        return
    names = ", ".join("sign" if name == "absolute" else name for name in entry.uses)
    with st.expander(f"Arguments: {names}", key="saliency_arguments"):
        if "baseline" in entry.uses:
            own = BASELINE_TITLES[entry.baseline]
            st.selectbox(
                "Baseline",
                list(BASELINES),
                format_func=lambda name: BASELINE_TITLES.get(name, f"default: {own}"),
                key=f"{PREFIX}baseline",
                on_change=state.take_controls,
                help='What counts as "nothing to see"',
            )
        for name in entry.uses:
            if name in SLIDERS:
                _slider(name)
        if "absolute" in entry.uses:
            st.toggle("Without the sign", key=f"{PREFIX}absolute", on_change=state.take_controls)
        if "seed" in entry.uses:
            low, high = LIMITS["seed"]
            st.number_input("Seed", int(low), int(high), key=f"{PREFIX}seed", on_change=state.take_controls)


def _slider(name: str) -> None:
    label, step, words = SLIDERS[name]
    low, high = LIMITS[name]
    if name == "stride":
        high = state.get().saliency.window
    kind = float if name == "noise" else int
    st.slider(
        label, kind(low), kind(high), step=kind(step), key=f"{PREFIX}{name}", help=words, on_change=state.take_controls
    )


def members(loaded: Loaded, on: tuple[str, ...]) -> None:
    """Draw the choice of the members whose maps are shown, of those that are switched on."""
    st.pills(
        "Members shown",
        list(on),
        selection_mode="multi",
        format_func=lambda name: f"{glyph(loaded, name)} {name}",
        key=SHOWN,
        on_change=state.take_controls,
    )


def strength() -> None:
    """Draw how strongly maps cover the face."""
    st.slider("Strength of the colours", *LIMITS["strength"], step=0.05, key=f"{PREFIX}strength", on_change=_take)


def _take() -> None:
    state.take_controls()
