"""What is known of one member: card.json and history.csv."""

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from fer_core.artifacts.layers import Layer, read_layers
from fer_core.errors import ArtifactDamaged

CARD, WEIGHTS, HISTORY = "card.json", "model.safetensors", "history.csv"
"""Files of one member, in artifacts/members/NAME and in the folder of its run."""


@dataclass(frozen=True)
class Card:
    """How a member was made and what it scores.

    parameters, macs : numbers of weights, and of multiply-accumulate operations of one view
    input_size : side in pixels of what the network itself sees
    augmentation : test-time views of an image, and their description
    teachers : the SHA-256 of the weights of each member that it learned from, by name; empty for none
    continues : the SHA-256 of the `weights` that the training began with and the `epochs` before them; empty where
        it began anew
    throughput : `images_per_second` of training in the last epoch, and the `share_of_ceiling`, of the rate of the
        device's own matrix multiplication, that this was; empty where it was not measured
    layers : the network's blocks from input to logits; empty where nobody wrote them down
    wall_seconds : time spent training
    scores : {"valid": {"one_view": share, "full": share}, "test": the same}; shares of images that are right
    """

    name: str
    architecture: str
    arguments: Mapping[str, Any]
    parameters: int
    macs: int
    input_size: int
    preprocessing: Mapping[str, float]
    augmentation: Mapping[str, Any]
    recipe: Mapping[str, Any]
    seed: int
    epochs: int
    best_epoch: int
    hardware: str
    versions: Mapping[str, str]
    commit: str
    wall_seconds: float
    teachers: Mapping[str, str] = field(default_factory=dict)
    continues: Mapping[str, Any] = field(default_factory=dict)
    throughput: Mapping[str, float] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    scores: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str | bytes, *, where: str) -> "Card":
        """Read a card; unknown keys are ignored, a missing or mistyped one is refused naming `where` and the key."""
        try:
            found = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            raise ArtifactDamaged(f"{where} is not JSON.") from error
        known = found if isinstance(found, dict) else {}
        known = _OPTIONAL | known
        values: dict[str, Any] = {item.name: known.get(item.name) for item in fields(cls)}
        for key, value in values.items():
            if isinstance(value, bool) or not isinstance(value, _KINDS.get(key, dict)):
                raise ArtifactDamaged(f"{where} has no usable '{key}'.")
        for scores in values["scores"].values():
            if scores is not None and not _are_shares(scores):
                raise ArtifactDamaged(f"{where} has no usable 'scores'.")
        try:
            values["layers"] = read_layers(values["layers"])
        except ValueError as error:
            raise ArtifactDamaged(f"{where} has no usable 'layers'.") from error
        return cls(**values)

    def to_json(self) -> str:
        """Return the card as text."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(values, indent=2, sort_keys=True, default=asdict) + "\n"

    @property
    def by_votes(self) -> bool:
        """Whether any stage of the training used the crowd's votes."""
        return any(stage.get("votes") for stage in (self.recipe, *self.recipe.get("refinements", ())))

    def accuracy(self, split: str, *, full: bool = True) -> float | None:
        """Return the share of "valid" or "test" images that are right, None when it was not scored."""
        scores = self.scores.get(split) or {}
        value = scores.get("full" if full else "one_view")
        return float(value) if isinstance(value, int | float) else None


_OPTIONAL: dict[str, Any] = {"teachers": {}, "continues": {}, "throughput": {}, "layers": []}
"""What older cards do not have, and what is read instead."""

_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", "architecture", "hardware", "commit"), str),
    **dict.fromkeys(("parameters", "macs", "input_size", "seed", "epochs", "best_epoch"), int),
    "wall_seconds": (int, float),
    "layers": list,
}
"""What each field holds in JSON, an object unless named here."""


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _are_shares(scores: object) -> bool:
    return isinstance(scores, dict) and all(
        isinstance(value, int | float) and 0 <= value <= 1 for value in scores.values()
    )


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv; losses in nats, the accuracy a share of PublicTest with one view."""

    epoch: int
    lr: float
    train_loss: float
    valid_loss: float
    valid_accuracy: float


def read_history(text: str, *, where: str) -> tuple[Epoch, ...]:
    """Read history.csv; raises ArtifactDamaged naming `where`."""
    try:
        rows = csv.DictReader(text.splitlines())
        if missing := {f.name for f in fields(Epoch)} - set(rows.fieldnames or ()):
            raise KeyError(min(missing))
        return tuple(Epoch(int(row["epoch"]), *(float(row[f.name]) for f in fields(Epoch)[1:])) for row in rows)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactDamaged(f"{where} is not a training history.") from error
