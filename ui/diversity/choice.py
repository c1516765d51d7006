"""What a visitor has chosen on the page Diversity, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ui.session.page_choice import PageChoice


@dataclass(frozen=True)
class DiversityChoice(PageChoice):
    """What is shown of how members differ.

    worth : what a contribution is measured in; measure : how two members are compared
    """

    PREFIX: ClassVar[str] = "control_diversity_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "worth": ("accuracy", "likelihood"),
        "measure": ("disagreement", "yules_q", "double_fault", "correlation"),
    }

    worth: str = "accuracy"
    measure: str = "disagreement"
