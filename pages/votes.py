"""Faces on which the ensemble is right where its best member is wrong, and the other way round."""

from ui import laboratory

loaded, choice = laboratory.page(
    "Rescued and broken",
    "Faces on which the ensemble is right where its best member is wrong, and the other way round.",
)
