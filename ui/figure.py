"""The colours of the visitor's theme, and what all figures share."""

import streamlit as st

from fer_core.figures import DARK, LIGHT, Ink, coloured, layout, two_lines

__all__ = ["DARK", "LIGHT", "Ink", "coloured", "ink", "layout", "two_lines"]


def ink() -> Ink:
    """Return the colours of the visitor's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT
