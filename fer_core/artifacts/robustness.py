"""robustness.json: what members and ensembles make of damaged images, and the weights of the members it belongs to."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from fer_core.errors import ArtifactDamaged

ROBUSTNESS = "robustness.json"
UNDAMAGED = "undamaged"
CHOSEN, ALL = "the chosen ensemble", "all members, equal"
"""What the two ensembles are called among the members."""


@dataclass(frozen=True)
class Withstood:
    """One member, or one ensemble, on the same images undamaged and under each damage, one view.

    correct, sad : images that it answers rightly, and with sad: first undamaged, then in the order of the damages
    """

    name: str
    members: tuple[str, ...]
    weighting: str
    combiner: str
    correct: tuple[int, ...]
    sad: tuple[int, ...]


@dataclass(frozen=True)
class Robustness:
    """The benchmark of damaged images.

    images : of PublicTest, drawn with `seed`; damages : names, without "undamaged"
    systems : members, then ensembles; weights : SHA-256 of the weights of each member, by name
    stale : members whose weights are others now; they and their ensembles are left out
    """

    images: int
    seed: int
    damages: tuple[str, ...]
    systems: tuple[Withstood, ...]
    weights: Mapping[str, str]
    stale: tuple[str, ...] = field(default=())

    @property
    def conditions(self) -> tuple[str, ...]:
        """The names of what `correct` and `sad` count."""
        return (UNDAMAGED, *self.damages)

    def of(self, name: str) -> Withstood | None:
        """Return one member or ensemble, None where it is not there."""
        return next((system for system in self.systems if system.name == name), None)

    def accuracy(self, system: Withstood) -> list[float]:
        """Return the shares that are right, one a condition."""
        return [count / self.images for count in system.correct]

    def sad(self, system: Withstood) -> list[float]:
        """Return the shares that are answered with sad, one a condition."""
        return [count / self.images for count in system.sad]

    def lost(self, system: Withstood) -> list[float]:
        """Return by how much each damage lowers the accuracy, one a damage."""
        return [(system.correct[0] - count) / self.images for count in system.correct[1:]]

    def at_present(self, members: tuple[str, ...], chosen: tuple[tuple[str, ...], str, str], /) -> "Robustness":
        """Leave out ensembles that are others now; members : all; chosen : members, weighting and combiner."""
        now = {ALL: (members, "equal", "mean_probability"), CHOSEN: chosen}
        kept = [
            system
            for system in self.systems
            if now.get(system.name, key := (system.members, system.weighting, system.combiner)) == key
        ]
        return replace(self, systems=tuple(kept))

    def to_json(self) -> str:
        """Return the benchmark as text."""
        content: dict[str, Any] = {"split": "PublicTest", "view": "one_view", "images": self.images, "seed": self.seed}
        content |= {"damages": list(self.damages), "weights": dict(self.weights)}
        return json.dumps(content | {"systems": [asdict(system) for system in self.systems]}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: bytes, *, now: Mapping[str, str], where: str) -> "Robustness":
        """Read the benchmark; unknown keys are ignored.

        now : SHA-256 of the present weights by member
        Raises ArtifactDamaged, naming `where`.
        """
        try:
            found = json.loads(text)
            weights = {str(name): str(digest) for name, digest in found["weights"].items()}
            images, damages = int(found["images"]), tuple(map(str, found["damages"]))
            systems = [_system(entry, images, len(damages) + 1) for entry in found["systems"]]
            seed = int(found["seed"])
            if images < 1 or not {name for system in systems for name in system.members} <= set(weights):
                raise ValueError("expected images, and the weights of every member")
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ArtifactDamaged(f"{where} does not say what damaged images cost.") from error
        current = {name for name, digest in weights.items() if now.get(name) == digest}
        kept = tuple(system for system in systems if set(system.members) <= current)
        stale = tuple(name for name in weights if name in now and name not in current)
        return cls(images, seed, damages, kept, {name: weights[name] for name in weights if name in current}, stale)


def _system(found: Mapping[str, Any], images: int, conditions: int) -> Withstood:
    counts = [tuple(found[key]) for key in ("correct", "sad")]
    for some in counts:
        if len(some) != conditions or not all(type(count) is int and 0 <= count <= images for count in some):
            raise ValueError("expected a count of images for each condition")
    members = tuple(map(str, found["members"]))
    if not members:
        raise ValueError("expected members")
    return Withstood(str(found["name"]), members, str(found["weighting"]), str(found["combiner"]), *counts)
