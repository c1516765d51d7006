"""What a visitor has chosen on the page Votes, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from fer_core.emotions import EMOTIONS
from ui.page_choice import PageChoice

ANY = "any"
SHOWN = 12
"""Images on a page."""


@dataclass(frozen=True)
class VotesChoice(PageChoice):
    """Which images the page shows.

    kind : what became of them; true, taken_for : their label and what the ensemble says, an emotion or any
    dissent : least members that say otherwise; start : of the images found, the first on the page
    """

    PREFIX: ClassVar[str] = "control_votes_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "kind": ("rescued", "broke", "hardest", "all"),
        "true": (ANY, *EMOTIONS),
        "taken_for": (ANY, *EMOTIONS),
    }
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {"dissent": (0, 1000), "start": (0, 10_000)}
    QUERY: ClassVar[Mapping[str, str]] = {"taken_for": "taken"}

    kind: str = "rescued"
    true: str = ANY
    taken_for: str = ANY
    dissent: int = 0
    start: int = 0

    def tidy(self) -> "VotesChoice":
        """Return it with the start of a whole page."""
        return replace(self, start=self.start - self.start % SHOWN)

    def taken(self, state: Mapping[Any, Any], known: tuple[str, ...], on: tuple[str, ...]) -> "VotesChoice":
        """Return what the controls now say; another filter goes back to the first page."""
        choice = super().taken(state, known, on)
        turned, filtered = choice.start != self.start, replace(choice, start=self.start) != self
        return replace(choice, start=0) if filtered and not turned else choice

    def cell(self, true: str, taken_for: str) -> "VotesChoice":
        """Return the choice after a click on a cell of the confusion matrix: a second click takes it back."""
        if (self.true, self.taken_for) == (true, taken_for):
            true = taken_for = ANY
        return replace(self, true=true, taken_for=taken_for, start=0)
