"""What a visitor has chosen on the page Gain, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ui.session.page_choice import PageChoice


@dataclass(frozen=True)
class GainChoice(PageChoice):
    """Which costs and which path the page shows.

    cost : what an ensemble costs; path : greedily in or out; step : how far along it
    """

    PREFIX: ClassVar[str] = "control_gain_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "cost": ("macs", "parameters", "latency"),
        "path": ("forward", "backward"),
    }
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {"step": (1, 40)}

    cost: str = "macs"
    path: str = "forward"
    step: int = 1
