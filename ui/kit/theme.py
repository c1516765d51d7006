"""The colours of the visitor's theme, and what all figures share."""

import streamlit as st

from fer_core.figures import DARK, LIGHT, SYMBOLS, Ink, coloured, layout, two_lines

__all__ = ["CONFIG", "DARK", "LIGHT", "SYMBOLS", "Ink", "coloured", "ink", "layout", "two_lines"]

CONFIG = {"displayModeBar": False}
"""How Streamlit draws every figure."""


def ink() -> Ink:
    """Return the colours of the visitor's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT
