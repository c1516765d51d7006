"""Three ways into the explorer, each a state of it."""

from dataclasses import dataclass, replace

from ui.data.artifacts import Loaded
from ui.session.choice import Choice, default


@dataclass(frozen=True)
class Door:
    """A title, a text and a button that opens the explorer at a choice."""

    title: str
    text: str
    label: str
    choice: Choice


def doors(loaded: Loaded) -> tuple[Door, Door, Door]:
    """Return the doors of the home page."""
    everyone, best = default(loaded.members), loaded.chosen.setting
    return (
        Door(
            "Switch members off",
            "Start with every member at equal weight. Switch one off: does the ensemble miss it?",
            "Open with all members",
            everyone,
        ),
        Door(
            "Weight by emotion",
            "A network that knows fear well should count more on fear. Each member is weighted by its confidence in "
            "each emotion.",
            "Open with categorical weights",
            replace(everyone, weighting="categorical"),
        ),
        Door(
            "See the validation choice",
            "Of all subsets and schemes, the one with the highest accuracy on PublicTest, and what it reaches on the "
            "test set.",
            "Open the chosen ensemble",
            replace(everyone, members=best.members, weighting=best.weighting, combiner=best.combiner),
        ),
    )
