"""Members, weights and how they are combined, on pages that show what comes of them."""

import streamlit as st

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from ui.data.artifacts import Loaded
from ui.kit import uploads_panel
from ui.kit.wording import glyph
from ui.session import state


def _named(loaded: Loaded) -> dict[str, str]:
    """Return each member's shape and name.

    Streamlit holds what a control was given until the visit ends, so that must not be what somebody put in.
    """
    return {name: f"{glyph(loaded, name)} {name}" for name in loaded.members}


def strip(loaded: Loaded, *, splits: bool = True) -> None:
    """Draw members, weights, combiner and images in few lines, for pages that show what comes of them.

    splits : with the choice of the split
    """
    state.restore_controls()
    uploads_panel.switch(loaded)
    st.pills(
        "Members",
        list(loaded.members),
        selection_mode="multi",
        format_func=_named(loaded).__getitem__,
        key="control_on",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        for name, title, registry in (("weighting", "Weights", WEIGHTINGS), ("combiner", "Combine by", COMBINERS)):
            titles = {key: entry.title for key, entry in registry.items()}
            st.selectbox(
                title,
                list(titles),
                format_func=titles.__getitem__,
                key=f"control_{name}",
                on_change=state.take_controls,
                width=220,
            )
        images_shown(loaded, splits=splits)


def images_shown(loaded: Loaded, *, splits: bool = True) -> None:
    """Draw the choice of the images that are scored; splits : with that of the split."""
    names = loaded.words.splits
    roles = {"test": "" if loaded.alone else " (test)", "valid": "" if loaded.alone else " (validation)"}
    titles = {split: names[split] + role for split, role in roles.items()}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if splits:
            st.segmented_control(
                "Images",
                list(titles),
                format_func=titles.__getitem__,
                required=True,
                key="control_split",
                on_change=state.take_controls,
                label_visibility="collapsed",
            )
        if loaded.alone:  # nothing is known of what its members were trained on
            return
        st.toggle(
            "With twins",
            key="control_twins",
            on_change=state.take_controls,
            help="Some images are in Training too, pixel for pixel, so the networks know them. Off leaves them out",
        )


def looked_at(loaded: Loaded) -> None:
    """Draw the choice of the members that are shown side by side."""
    st.pills(
        "Members",
        list(loaded.members),
        selection_mode="multi",
        format_func=_named(loaded).__getitem__,
        key="control_looked_at",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
