"""What is known of one member: card.json with its blocks, history.csv, and further seeds of its family."""

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import ArtifactDamaged

if TYPE_CHECKING:
    from fer_core.artifacts.manifest import Files


@dataclass(frozen=True)
class Layer:
    """One block of a network, from its input to its output.

    name : in plain words, with its width ("convolution 5×5, 32"); detail : all that it does, in order
    shape : of its output for one view, [channels, height, width] or [units]
    parameters, macs : numbers of weights, and of multiply-accumulate operations of one view
    """

    name: str
    detail: str
    shape: tuple[int, ...]
    parameters: int
    macs: int

    @property
    def channels(self) -> int:
        """Maps, or units, of the output."""
        return self.shape[0]

    @property
    def side(self) -> int:
        """Side of the output's maps in pixels, 1 for units."""
        return self.shape[-1] if len(self.shape) == 3 else 1


def read_layers(found: object) -> tuple[Layer, ...]:
    """Read what a card holds under `layers`; raises ValueError where that is no list of blocks."""
    if not isinstance(found, list):
        raise ValueError("layers: expected a list")
    return tuple(_layer(item) for item in found)


def _layer(item: object) -> Layer:
    if not isinstance(item, Mapping):
        raise ValueError(f"layers: expected objects, got {type(item).__name__}")
    values: dict[str, Any] = {key: item.get(key) for key in ("name", "detail", "shape", "parameters", "macs")}
    shape = values["shape"]
    texts = all(isinstance(values[key], str) for key in ("name", "detail"))
    if not texts or not isinstance(shape, list) or len(shape) not in (1, 3):
        raise ValueError("layers: expected a name, a detail and a shape of one or three sides")
    if not all(type(count) is int and count >= 0 for count in (*shape, values["parameters"], values["macs"])):
        raise ValueError("layers: expected whole numbers")
    return Layer(**values | {"shape": tuple(shape)})


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


@dataclass(frozen=True, eq=False)
class Seeds:
    """Networks that `collect --seeds` took in.

    cards : by name, in order; logits : float32 [S,N,7] of "valid" and "test", full test-time augmentation, CSV order
    """

    cards: Mapping[str, Card]
    logits: Mapping[str, NDArray[np.float32]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the networks, in order."""
        return tuple(self.cards)


def seeds_file(split: str) -> str:
    """Return the relative path of the cached logits of "valid" or "test"."""
    if split not in SPLITS[1:]:
        raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
    return f"logits/seeds_{split}.npz"


def read_seeds(files: "Files", images: Mapping[str, int]) -> Seeds | None:
    """Read the further seeds, None where there are none; `images` are the rows of each split."""
    if not files.has(seeds_file("valid")):
        return None
    logits: dict[str, NDArray[np.float32]] = {}
    names: tuple[str, ...] = ()
    for split in SPLITS[1:]:
        relative = seeds_file(split)
        found = files.arrays(relative)
        listed = tuple(map(str, found.get("members", np.empty(0)).ravel()))
        if not listed or (names and listed != names):
            raise ArtifactDamaged(f"{files.root / relative} names no network, or others than the other split.")
        names = listed
        logits[split] = files.checked(found, relative, "logits", np.float32, (len(names), images[split], len(EMOTIONS)))
        if not np.isfinite(logits[split]).all():
            raise ArtifactDamaged(f"{files.root / relative} holds a logit that is not finite.")
    cards = {}
    for name in names:
        relative = f"seeds/{name}/{CARD}"
        cards[name] = Card.from_json(files.read(relative), where=str(files.root / relative))
    return Seeds(cards, logits)
