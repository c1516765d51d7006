"""What splits, rows and classes are called: FER-2013's own names, and plain ones for predictions of other data."""

from dataclasses import dataclass


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

    @property
    def valid(self) -> str:
        """The split that chooses."""
        return self.splits["valid"]

    @property
    def test(self) -> str:
        """The split that scores."""
        return self.splits["test"]


FER = Words(
    {"valid": "PublicTest", "test": "PrivateTest"},
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
