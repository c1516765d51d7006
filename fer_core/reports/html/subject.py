"""What a report can be of: any explorer, with as much as is known of its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fer_core.artifacts import Artifacts, Card, Scoring
from fer_core.ensemble import Explorer, Setting
from fer_core.terminology import FER, OTHER, Words
from fer_core.user_predictions import Extra


@dataclass(frozen=True, eq=False)
class Subject:
    """An explorer, and what is known beside the predictions of its members.

    chosen : the setting that is best on the rows that choose, which counts as fixed before the others were seen
    words : what splits, rows and classes are called
    cards, digests : of each member that has one, its card and the SHA-256 of its weights
    files : that somebody put in, which brought members of their own
    fingerprint, protocol, scorings : of the artifacts, None and empty where there are none
    """

    explorer: Explorer
    chosen: Setting
    words: Words = FER
    cards: Mapping[str, Card] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Extra, ...] = ()
    fingerprint: str | None = None
    protocol: Mapping[str, Any] = field(default_factory=dict)
    scorings: tuple[Scoring, ...] = ()

    @property
    def twins(self) -> bool:
        """Whether it is known which images were trained on, by a copy of theirs."""
        return any(bool(self.explorer.part(split).twin.any()) for split in ("valid", "test"))

    def file_of(self, member: str) -> Extra | None:
        """Return the file that brought a member, None for one of the artifacts."""
        return next((file for file in self.files if member in file.members), None)


def subject_of(
    artifacts: Artifacts | None, explorer: Explorer, chosen: Setting, extras: Sequence[Extra] = ()
) -> Subject:
    """Return the subject of a report on artifacts, on files of a user's own, or on both."""
    if artifacts is None or any(not extra.joins for extra in extras):
        return Subject(explorer, chosen, OTHER, files=tuple(extras))
    manifest = artifacts.manifest
    known = [name for name in manifest.members if name in explorer.members]
    digests = dict(zip(manifest.members, artifacts.weights(), strict=True))
    return Subject(
        explorer,
        chosen,
        cards={name: artifacts.cards[name] for name in known},
        digests={name: digests[name] for name in known},
        files=tuple(extras),
        fingerprint=artifacts.fingerprint,
        protocol=manifest.protocol,
        scorings=manifest.scorings,
    )
