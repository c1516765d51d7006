"""Windows and colours that pages are held to fit."""

from typing import Any

import pytest

THEMES = [
    {"color_scheme": scheme, "viewport": {"width": width, "height": height}}
    for scheme in ("light", "dark")
    for width, height in ((1280, 900), (390, 844))
]
TWO = [THEMES[0], THEMES[3]]
"""A wide light screen and a dark phone, for pages that are held to fit in many states: width and colours are apart."""


def on_phone_and_first_wide(*states: Any) -> list[Any]:
    """Return parameters of `look` with a state each: all on a dark phone, where room is short, the first wide too."""
    return [
        pytest.param(TWO[0], states[0], id=f"light-{states[0]}"),
        *(pytest.param(TWO[1], state, id=f"dark-phone-{state}") for state in states),
    ]
