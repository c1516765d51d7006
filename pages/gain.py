"""Every subset of the members, what it reaches, and what it costs."""

from ui import laboratory

loaded, choice = laboratory.page(
    "Why ensembles gain", "Every subset of the members, what it reaches, and what it costs."
)
