"""Text from outside, which Markdown has to leave as it is."""

import re

SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|<>~:$&^=-])")


def plain(text: str) -> str:
    """Return text so that Markdown shows it as it is: no emphasis, link, formula or icon comes of it."""
    return SIGNS.sub(r"\\\1", text)
