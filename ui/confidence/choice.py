"""What a visitor has chosen on the page Confidence, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ui.session.page_choice import PageChoice


@dataclass(frozen=True)
class ConfidenceChoice(PageChoice):
    """How sure decisions are asked to be.

    least : least confidence, percent, below which nothing is said; cooled : whether a temperature is applied
    """

    PREFIX: ClassVar[str] = "control_confidence_"
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {"least": (0, 99)}

    least: int = 0
    cooled: bool = False
