"""Whether the ensemble is right as often as it says, and what is gained by answering only when it is sure."""

from ui import laboratory

loaded, choice = laboratory.page(
    "How sure it is",
    "Whether the ensemble is right as often as it says, and what is gained by answering only when it is sure.",
)
