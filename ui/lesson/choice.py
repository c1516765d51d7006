"""What a visitor has guessed and seen on the page Lesson, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from ui.session.page_choice import PageChoice


@dataclass(frozen=True)
class Scale:
    """What a guess can be, in the unit of its step: from low to high, in steps of `by`."""

    low: float
    high: float
    by: float

    @property
    def digits(self) -> int:
        """Digits after the point that a guess has."""
        return 0 if self.by >= 1 else 1 if round(10 * self.by) == 10 * self.by else 2

    def nearest(self, guess: float) -> float:
        """Return the nearest guess that the slider can show."""
        return min(self.high, max(self.low, round(self.low + self.by * round((guess - self.low) / self.by), 2)))


SCALES: dict[str, Scale] = {
    "alone": Scale(0, 100, 1),
    "sure": Scale(0, 20, 0.2),
    "copies": Scale(-5, 10, 0.1),
    "together": Scale(-5, 10, 0.1),
    "independent": Scale(0, 100, 1),
    "rescued": Scale(0, 100, 1),
    "weights": Scale(-3, 3, 0.1),
    "subset": Scale(0, 4, 0.05),
    "cheat": Scale(-2, 5, 0.1),
    "proven": Scale(0, 100, 1),
}
"""The steps of the lesson in order, and what can be guessed at each; the same for every roster."""
KEYS = tuple(SCALES)


@dataclass(frozen=True)
class LessonChoice(PageChoice):
    """How far a visitor is in the lesson.

    step : 1 for the first; revealed : bit i is set once the answer of step i was shown, from 0 on
    present : in large type, one thing at a time; opened : then, whether the picture of the question is shown
    the rest : the guess at each step, in its unit
    """

    PREFIX: ClassVar[str] = "control_lesson_"
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        "step": (1, len(KEYS)),
        "revealed": (0, 2 ** len(KEYS) - 1),
        **{key: (scale.low, scale.high) for key, scale in SCALES.items()},
    }
    QUERY: ClassVar[Mapping[str, str]] = {
        "step": "lesson",
        "opened": "asked",
        **{key: f"guess_{key}" for key in KEYS},
    }

    step: int = 1
    revealed: int = 0
    present: bool = False
    opened: bool = False
    alone: float = 50.0
    sure: float = 10.0
    copies: float = 2.0
    together: float = 2.0
    independent: float = 50.0
    rescued: float = 50.0
    weights: float = 0.0
    subset: float = 2.0
    cheat: float = 2.0
    proven: float = 50.0

    @property
    def key(self) -> str:
        """The name of the step."""
        return KEYS[self.step - 1]

    def guess(self, key: str) -> float:
        """Return the guess at a step, in its unit."""
        return float(getattr(self, key))

    def is_revealed(self, key: str) -> bool:
        """Tell whether the answer of a step was shown."""
        return bool(self.revealed >> KEYS.index(key) & 1)

    def tidy(self) -> "LessonChoice":
        """Return it with guesses that the sliders can show."""
        return replace(self, **{key: scale.nearest(self.guess(key)) for key, scale in SCALES.items()})  # type: ignore[arg-type]

    @property
    def asks_only(self) -> bool:
        """Whether nothing but the question is shown yet."""
        return self.present and not self.opened and not self.is_revealed(self.key)

    def forward(self, *, skips: bool = False) -> "LessonChoice":
        """Return what comes next: the answer, then the step after it; at the end nothing more.

        skips : the step has nothing to answer; a presenter sees the question before the picture
        """
        if not skips and self.asks_only:
            return replace(self, opened=True)
        if not skips and not self.is_revealed(self.key):
            return replace(self, revealed=self.revealed | 1 << self.step - 1)
        return replace(self, step=min(self.step + 1, len(KEYS)), opened=False)

    def back(self) -> "LessonChoice":
        """Return what was before: the question alone, or the step before as it was left."""
        if self.present and self.opened and not self.is_revealed(self.key):
            return replace(self, opened=False)
        return replace(self, step=max(self.step - 1, 1), opened=False)
