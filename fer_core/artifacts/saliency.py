"""saliency.json and saliency_mean.npz: how far maps can be believed, and where each member looks on average.

Both hold for the weights that they were computed from; what belongs to other weights is left out when they are read.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts.manifest import Files
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.errors import ArtifactDamaged

SALIENCY, MEAN_SALIENCY = "saliency.json", "saliency_mean.npz"


@dataclass(frozen=True)
class Faithfulness:
    """How far the maps of one method of one member can be believed: means over PublicTest images.

    infidelity, sensitivity, randomised : as in `fer_core.saliency.trust`, None where it was not or cannot be measured
    insertion, deletion, random_insertion, random_deletion : areas under the curves
    gain, low, high : gain over random orders, and its 95% interval over images
    milliseconds : one map took, on the machine that measured
    """

    member: str
    method: str
    infidelity: float
    sensitivity: float | None
    insertion: float
    deletion: float
    random_insertion: float
    random_deletion: float
    gain: float
    low: float
    high: float
    randomised: float | None
    milliseconds: float


@dataclass(frozen=True)
class SaliencyTable:
    """The benchmark of all methods.

    images : looked at for each entry; stale : members left out because their weights are others now
    unchanged : rank correlation from which a map hardly depends on the weights
    weights : SHA-256 of the weights of each member of the entries, by name
    """

    images: int
    entries: tuple[Faithfulness, ...]
    stale: tuple[str, ...]
    unchanged: float
    weights: Mapping[str, str] = field(default_factory=dict)

    def of(self, member: str, method: str) -> Faithfulness | None:
        """Return one entry, None where there is none."""
        for entry in self.entries:
            if (entry.member, entry.method) == (member, method):
                return entry
        return None

    def best(self, member: str) -> Faithfulness | None:
        """Return the entry of a member's method with the largest gain, None where there is none."""
        of_member = [entry for entry in self.entries if entry.member == member]
        return max(of_member, key=lambda entry: entry.gain, default=None)

    def to_json(self) -> str:
        """Return the table as text, numbers to six digits."""
        entries = [
            {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in asdict(entry).items()}
            for entry in self.entries
        ]
        content: dict[str, Any] = {"split": "PublicTest", "images": self.images, "unchanged": self.unchanged}
        content |= {"weights": dict(self.weights), "entries": entries}
        return json.dumps(content, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: bytes, *, now: Mapping[str, str], where: str) -> "SaliencyTable":
        """Read a table; unknown keys are ignored.

        now : SHA-256 of the present weights by member
        Raises ArtifactDamaged, naming `where`.
        """
        try:
            found = json.loads(text)
            weights = {str(name): str(digest) for name, digest in found["weights"].items()}
            entries = [_entry(entry) for entry in found["entries"]]
            images, unchanged = int(found["images"]), _number(found["unchanged"])
            if images < 1 or not {entry.member for entry in entries} <= set(weights):
                raise ValueError("expected images, and the weights of every member")
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ArtifactDamaged(f"{where} does not say how far maps can be believed.") from error
        current, stale = _compared(weights, now)
        kept = tuple(entry for entry in entries if entry.member in current)
        return cls(images, kept, stale, unchanged, {name: weights[name] for name in current})


@dataclass(frozen=True, eq=False)
class MeanSaliency:
    """Where each member looks on average, over PublicTest images of each emotion.

    counts : int64 [C] images an emotion; maps : float32 [K,M,C,48,48], the mean of |map|, each first divided by its
    mean over pixels, so that 1 is a pixel like any other
    stale : members left out because their weights are others now; weights : SHA-256 of those that are left, by name
    """

    methods: tuple[str, ...]
    members: tuple[str, ...]
    counts: NDArray[np.int64]
    maps: NDArray[np.float32]
    stale: tuple[str, ...]
    weights: Mapping[str, str] = field(default_factory=dict)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the npz file holds."""
        return {
            "methods": np.array(self.methods),
            "members": np.array(self.members),
            "weights": np.array([self.weights[name] for name in self.members]),
            "counts": self.counts,
            "maps": self.maps,
        }

    @classmethod
    def read(cls, files: Files, *, now: Mapping[str, str]) -> "MeanSaliency":
        """Read the maps; now : SHA-256 of the present weights by member.  Raises ArtifactDamaged, naming the file."""
        found = files.arrays(MEAN_SALIENCY)
        methods, members, digests = (
            tuple(map(str, found.get(key, np.empty(0)).ravel())) for key in ("methods", "members", "weights")
        )
        shape = (len(methods), len(members), len(EMOTIONS), SIDE, SIDE)
        maps = files.checked(found, MEAN_SALIENCY, "maps", np.float32, shape)
        counts = files.checked(found, MEAN_SALIENCY, "counts", np.int64, (len(EMOTIONS),))
        if len(digests) != len(members) or not methods or not np.isfinite(maps).all() or (counts < 0).any():
            raise ArtifactDamaged(f"{files.root / MEAN_SALIENCY} does not hold mean maps.")
        weights = dict(zip(members, digests, strict=True))
        current, stale = _compared(weights, now)
        at = [i for i, name in enumerate(members) if name in current]
        return cls(methods, tuple(current), counts, maps[:, at], stale, {name: weights[name] for name in current})


def _compared(weights: Mapping[str, str], now: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the members whose weights are as they were, and those of which there are others now."""
    current = [name for name in weights if now.get(name) == weights[name]]
    return current, tuple(name for name in weights if name in now and name not in current)


_OPTIONAL = ("sensitivity", "randomised")


def _entry(found: Mapping[str, Any]) -> Faithfulness:
    numbers = {
        item.name: None if item.name in _OPTIONAL and found[item.name] is None else _number(found[item.name])
        for item in fields(Faithfulness)[2:]
    }
    return Faithfulness(str(found["member"]), str(found["method"]), **numbers)  # type: ignore[arg-type]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("expected a finite number")
    return float(value)
