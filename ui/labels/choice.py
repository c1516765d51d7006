"""What a visitor has chosen on the page Labels, as a link holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ui.session.page_choice import PageChoice


@dataclass(frozen=True)
class LabelsChoice(PageChoice):
    """Whose answer counts as right.

    truth : FER-2013's label, the crowd's plurality, or the crowd's vote distribution
    agreed : only images on which nearly all of the crowd name one emotion
    """

    PREFIX: ClassVar[str] = "control_labels_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "truth": ("label", "plurality", "distribution"),
    }

    truth: str = "label"
    agreed: bool = False

    @property
    def planned(self) -> bool:
        """Whether scores are those of the protocol: FER-2013's label counts, on all images."""
        return self.truth == "label" and not self.agreed
