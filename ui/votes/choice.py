"""What a visitor has chosen on the page Votes, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from fer_core.emotions import EMOTIONS
from ui.session.page_choice import PageChoice

ANY = "any"
BEST, PIN = "best", "pin"
"""What the ensemble is held against: the best member, or what is pinned as A."""
SHOWN = 12
"""Images on a page."""
OWN, LONGEST = "~", 40
"""What stands before a class of one's own, so that none is taken for an emotion or for any; its most letters."""


def word_of(name: str) -> str:
    """Return a class as a link and a control hold it."""
    return name if name in EMOTIONS else OWN + name


def class_of(word: str) -> str:
    """Return the class that a link and a control hold so."""
    return word.removeprefix(OWN)


@dataclass(frozen=True)
class VotesChoice(PageChoice):
    """Which images the page shows.

    kind : what became of them; against : what the ensemble is held against
    true, taken_for : their label and what the ensemble says, a class as `word_of` writes it, or any
    dissent : least members that say otherwise; start : of the images found, the first on the page
    """

    PREFIX: ClassVar[str] = "control_votes_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "kind": ("rescued", "broke", "hardest", "all"),
        "true": (ANY, *EMOTIONS),
        "taken_for": (ANY, *EMOTIONS),
        "against": (BEST, PIN),
    }
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {"dissent": (0, 1000), "start": (0, 10_000)}
    QUERY: ClassVar[Mapping[str, str]] = {"taken_for": "taken", "against": "held"}

    kind: str = "rescued"
    true: str = ANY
    taken_for: str = ANY
    dissent: int = 0
    start: int = 0
    against: str = BEST

    @classmethod
    def _read(cls, name: str, default: object, text: str, members: tuple[str, ...]) -> Any:
        own = name in ("true", "taken_for") and text.startswith(OWN)
        if own and 1 <= len(class_of(text)) <= LONGEST and text.isprintable():
            return text
        return super()._read(name, default, text, members)

    def known(self, classes: tuple[str, ...], *, pinned: bool) -> "VotesChoice":
        """Return it without classes that there are not, and without A where nothing is pinned."""
        words = {ANY, *map(word_of, classes)}
        return replace(
            self,
            true=self.true if self.true in words else ANY,
            taken_for=self.taken_for if self.taken_for in words else ANY,
            against=self.against if pinned else BEST,
        )

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
