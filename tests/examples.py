"""How many cases hypothesis tries of a property."""

import os

from hypothesis import settings

EXPLORING = bool(os.environ.get("FER_EXPLORE"))
"""Whether new cases are looked for, as `make explore` does."""
TIMES = 20


def examples(count: int) -> settings:
    """Return settings that try so many cases, the same each time; or many times as many new ones, when exploring."""
    return settings(max_examples=TIMES * count if EXPLORING else count, deadline=None, derandomize=not EXPLORING)
