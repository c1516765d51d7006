"""Every way to weigh and to combine the members that are on, chosen on PublicTest and scored on PrivateTest."""

from ui import laboratory
from ui.schemes_view import sections

loaded, choice = laboratory.page(
    "All schemes",
    "Every way to weigh and to combine the members that are on, chosen on PublicTest and scored on PrivateTest.",
    splits=False,
)
sections(loaded, choice)
