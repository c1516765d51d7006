"""Compare every way to weight and combine the members that are on. PublicTest chooses, PrivateTest scores."""

from ui.kit import analysis
from ui.schemes.view import sections


def render() -> None:
    """Draw the page."""
    loaded, choice = analysis.page(
        "All schemes",
        "Compare every way to weight and combine the members that are on. PublicTest chooses, PrivateTest scores.",
        splits=False,
    )
    sections(loaded, choice)
