"""What splits, rows and classes are called: FER-2013's own names, and plain ones for predictions of other data."""

import re
from dataclasses import dataclass

from fer_core.emotions import SCORED


@dataclass(frozen=True)
class Words:
    """Names as they stand in a sentence.

    splits : of "valid" and "test"; item, items : what is scored, in print; face, faces : what is looked at
    kind, kinds : what the classes are; label : whose labels count
    """

    splits: dict[str, str]
    item: str
    items: str
    face: str
    faces: str
    kind: str
    kinds: str
    label: str

    def put(self, text: str) -> str:
        """Return a sentence that is written for FER-2013 with these names in place of its own."""
        if self is FER:
            return text
        names = {FER.valid: self.valid, FER.test: self.test, FER.items: self.items, FER.item: self.item}
        names |= {FER.kinds: self.kinds, FER.kind: self.kind, FER.faces: self.faces, FER.face: self.face}
        return re.sub(r"\b(?:" + "|".join(names) + r")\b", lambda found: names[found[0]], text)

    @property
    def valid(self) -> str:
        """The split that chooses."""
        return self.splits["valid"]

    @property
    def test(self) -> str:
        """The split that scores."""
        return self.splits["test"]


FER = Words(
    SCORED,
    item="image",
    items="images",
    face="face",
    faces="faces",
    kind="emotion",
    kinds="emotions",
    label="FER-2013's label",
)
OTHER = Words(
    {"valid": "Validation", "test": "Test"},
    item="row",
    items="rows",
    face="row",
    faces="rows",
    kind="class",
    kinds="classes",
    label="the label",
)

MEASURED_ON = "Percentages were measured on FER-2013's own images; on other photos they are less often right."
"""What stands beside every answer for a photo."""
