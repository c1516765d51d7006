"""What a visitor has chosen: a frozen value that a link holds whole."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from fer_core import links
from fer_core.emotions import SCORED
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Setting
from ui.confidence.choice import ConfidenceChoice
from ui.diversity.choice import DiversityChoice
from ui.gain.choice import GainChoice
from ui.labels.choice import LabelsChoice
from ui.lesson.choice import LessonChoice
from ui.saliency.choice import SaliencyChoice
from ui.session.page_choice import PageChoice
from ui.session.pin import Pin, from_text
from ui.votes.choice import VotesChoice

DETECTORS = ("mtcnn", "haar", "whole")
ILLUMINATIONS = ("none", "equalise", "clahe")
VIEWS = ("one_view", "full")
EXAMPLES = ("happy", "angry", "disgust", "fear", "sad", "surprise", "neutral", "all")
"""What the page for photos offers, the default first.  A test holds them to the library's registries, which are not
imported here because they need more packages than the explorer does."""


@dataclass(frozen=True)
class FaceChoice(PageChoice):
    """How photos are looked at and answered, and which mean face stands in while there is none.

    balanced : whether answers are corrected for how rare some emotions are in Training
    """

    PREFIX: ClassVar[str] = "control_face_"
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "detector": DETECTORS,
        "illumination": ILLUMINATIONS,
        "view": VIEWS,
        "example": EXAMPLES,
    }
    QUERY: ClassVar[Mapping[str, str]] = {"detector": "detect", "illumination": "light", "view": "views"}

    detector: str = DETECTORS[0]
    small: bool = False
    illumination: str = ILLUMINATIONS[0]
    view: str = VIEWS[0]
    balanced: bool = False
    example: str = EXAMPLES[0]


PAGES: dict[str, type[Any]] = {
    "faces": FaceChoice,
    "saliency": SaliencyChoice,
    "gain": GainChoice,
    "diversity": DiversityChoice,
    "votes": VotesChoice,
    "confidence": ConfidenceChoice,
    "labels": LabelsChoice,
    "lesson": LessonChoice,
}
"""What each page adds to a choice, by the field of `Choice` that holds it."""


@dataclass(frozen=True)
class Choice:
    """One state of the explorer.

    members : those switched on, in the order of the artifacts
    manual : the slider of every member, on or off, 0 to 2; split, twins : the images that are scored
    looked_at : members that the page Members shows, in the order of the artifacts; None until somebody chose
    pin : the setting that was pinned as A, None for none
    faces : how the page Try a face looks at photos; the rest : what the pages of these names show
    """

    members: tuple[str, ...]
    manual: Mapping[str, float]
    weighting: str = "equal"
    combiner: str = "mean_probability"
    split: str = "test"
    twins: bool = True
    looked_at: tuple[str, ...] | None = None
    pin: Pin | None = None
    faces: FaceChoice = field(default_factory=FaceChoice)
    saliency: SaliencyChoice = field(default_factory=SaliencyChoice)
    gain: GainChoice = field(default_factory=GainChoice)
    diversity: DiversityChoice = field(default_factory=DiversityChoice)
    votes: VotesChoice = field(default_factory=VotesChoice)
    confidence: ConfidenceChoice = field(default_factory=ConfidenceChoice)
    labels: LabelsChoice = field(default_factory=LabelsChoice)
    lesson: LessonChoice = field(default_factory=LessonChoice)

    def pages(self) -> dict[str, Any]:
        """Return what each page adds, by field."""
        return {name: getattr(self, name) for name in PAGES}

    def setting(self) -> Setting:
        """Return the choice as the ensemble understands it."""
        manual = tuple(self.manual[name] for name in self.members) if self.weighting == "manual" else ()
        return Setting(self.members, self.weighting, self.combiner, manual, self.split, self.twins)

    def empty(self) -> str | None:
        """Return why there is nothing to compute, None if there is something."""
        if not self.members:
            return "No member is switched on."
        if self.weighting == "manual" and not any(self.manual[name] > 0 for name in self.members):
            return "Every weight is zero."
        return None

    def to_query(self) -> dict[str, str]:
        """Return the choice as query parameters."""
        query = links.query_of(tuple(self.manual), self.setting(), weights=self.manual)
        if self.looked_at is not None:
            query["look"] = ",".join(self.looked_at) or links.NOBODY
        if self.pin is not None:
            query["pin"] = self.pin.to_text()
        for page in self.pages().values():
            query |= page.to_query()
        return query

    def with_members(self, members: tuple[str, ...]) -> "Choice":
        """Return the choice with other members switched on."""
        return replace(self, members=members)


def _manual(text: str, members: tuple[str, ...]) -> dict[str, float]:
    """Read the sliders; anything that is not one number from 0 to 2 for each member gives ones."""
    try:
        weights: tuple[float, ...] = links.weights_of(text, len(members))
    except ValueError:
        weights = (1.0,) * len(members)
    return dict(zip(members, weights, strict=True))


def default(members: tuple[str, ...]) -> Choice:
    """Return the first state: all members, equal weights, mean probability, PrivateTest with its twins."""
    return Choice(members, dict.fromkeys(members, 1.0))


def _named(text: str, members: tuple[str, ...]) -> tuple[str, ...] | None:
    """Read names of members, in the artifacts' order; others are ignored, and None stands for no answer at all."""
    asked = set(text.split(","))
    found = tuple(name for name in members if name in asked)
    return found if found or text == links.NOBODY else None


def from_query(query: Mapping[str, str], members: tuple[str, ...]) -> Choice:
    """Read query parameters; a value that means nothing here falls back to the default, silently."""
    first = default(members)
    chosen = _named(query.get("members", ""), members)

    def one_of(key: str, known: Container[str], otherwise: str) -> str:
        value = query.get(key, "")
        return value if value in known else otherwise

    return Choice(
        members=first.members if chosen is None else chosen,
        manual=_manual(query.get("manual", ""), members),
        weighting=one_of("weights", WEIGHTINGS, first.weighting),
        combiner=one_of("combine", COMBINERS, first.combiner),
        split=one_of("on", SCORED, first.split),
        twins=links.TWINS.get(query.get("twins", ""), True),
        looked_at=_named(query.get("look", ""), members),
        pin=from_text(query.get("pin", ""), members),
        **{name: page.from_query(query, members) for name, page in PAGES.items()},
    )


def moved(choice: Choice, parked: Choice | None, members: tuple[str, ...]) -> Choice:
    """Return a choice over other members than it was made for, as when a file brings more or a page knows fewer.

    parked : the last choice over these members, which says of members that `choice` does not know whether they are on
    """
    if not set(choice.manual) & set(members):
        return parked or replace(default(members), **choice.pages())
    before = parked or default(members)
    fresh = from_query(choice.to_query(), members)
    pin = choice.pin or before.pin
    return replace(
        fresh,
        members=tuple(
            name for name in members if name in (choice.members if name in choice.manual else before.members)
        ),
        manual={name: choice.manual.get(name, before.manual[name]) for name in members},
        pin=pin if pin and set(pin.members) <= set(members) else None,
    )
