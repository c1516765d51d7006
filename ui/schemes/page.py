"""Every way to weigh and to combine the members that are on, chosen on PublicTest and scored on PrivateTest."""

from ui.kit import analysis
from ui.schemes.view import sections


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "All schemes",
        "Every way to weigh and to combine the members that are on, chosen on PublicTest and scored on PrivateTest.",
        splits=False,
    )
    sections(loaded, choice)
