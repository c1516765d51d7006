"""What a visitor has chosen on the page Votes, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fer_core.emotions import EMOTIONS
from ui.page_choice import PageChoice


@dataclass(frozen=True)
class VotesChoice(PageChoice):
    """Which images the page shows.

    kind : what became of them; true, taken_for : their label and what the ensemble says, an emotion or any
    dissent : least members that say otherwise; start : of the images found, the first on the page
    """

    PREFIX: ClassVar[str] = "control_votes_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "kind": ("rescued", "broke", "hardest", "all"),
        "true": ("any", *EMOTIONS),
        "taken_for": ("any", *EMOTIONS),
    }
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {"dissent": (0, 1000), "start": (0, 10_000)}
    QUERY: ClassVar[Mapping[str, str]] = {"taken_for": "taken"}

    kind: str = "rescued"
    true: str = "any"
    taken_for: str = "any"
    dissent: int = 0
    start: int = 0
