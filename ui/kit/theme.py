"""The colours of the visitor's theme, for figures and for CSS, and what all figures share."""

import streamlit as st

from fer_core.figures import DARK, LIGHT, SYMBOLS, Ink, coloured, layout, two_lines

__all__ = ["CONFIG", "DARK", "GREYS", "LIGHT", "PALETTE", "SYMBOLS", "Ink", "coloured", "ink", "layout", "two_lines"]

CONFIG = {"displayModeBar": False}
"""How Streamlit draws every figure."""

GREYS = [[0, "#000000"], [1, "#FFFFFF"]]
"""The colour scale of a face."""
PALETTE = (
    ":root {"
    f" --fer-accent:light-dark({LIGHT.accent}, {DARK.accent});"
    f" --fer-paper:light-dark({LIGHT.paper}, {DARK.paper});"
    f" --fer-faint:light-dark({LIGHT.faint}, {DARK.faint}); }}"
)
"""The same colours as CSS, for the style sheets of all pages."""


def ink() -> Ink:
    """Return the colours of the visitor's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT
