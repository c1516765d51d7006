"""calibration.json: the temperatures fitted on PublicTest, and the weights of the members that they belong to."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fer_core.errors import ArtifactDamaged

CALIBRATION = "calibration.json"
VIEWS = ("one_view", "full")
"""How an image is looked at: the centre crop alone, or all crops and flips of the test-time augmentation."""


@dataclass(frozen=True)
class Fitted:
    """One ensemble under one view, and the temperature of least log loss on PublicTest.

    spoilt : the same for PublicTest faces that are blurred, noisy, reduced or covered; None where it was not fitted
    """

    view: str
    members: tuple[str, ...]
    weighting: str
    combiner: str
    temperature: float
    spoilt: float | None = None


@dataclass(frozen=True)
class Calibration:
    """All temperatures; weights : SHA-256 of the weights of each member that they were fitted with, by name."""

    weights: Mapping[str, str]
    fitted: tuple[Fitted, ...]

    def temperature(self, view: str, members: tuple[str, ...], weighting: str, combiner: str) -> float | None:
        """Return the temperature of an ensemble under a view, None where none was written down."""
        entry = self.entry(view, members, weighting, combiner)
        return None if entry is None else entry.temperature

    def entry(self, view: str, members: tuple[str, ...], weighting: str, combiner: str) -> Fitted | None:
        """Return what was fitted for an ensemble under a view, None where nothing was written down."""
        for entry in self.fitted:
            if (entry.view, entry.members, entry.weighting, entry.combiner) == (view, members, weighting, combiner):
                return entry
        return None

    def spoilt_factor(self, members: tuple[str, ...], weighting: str, combiner: str) -> float:
        """Return by how much the temperature of an ensemble is higher for spoilt faces, 1 where that is not known.

        It is fitted in one view; for an ensemble that was not written down, that of all members stands in.
        """
        found = self.entry("one_view", members, weighting, combiner)
        if found is None or found.spoilt is None:
            found = self.entry("one_view", tuple(self.weights), "equal", "mean_probability")
        return 1.0 if found is None or found.spoilt is None else max(1.0, found.spoilt / found.temperature)

    def to_json(self) -> str:
        """Return the calibration as text."""
        entries = [
            {
                "view": entry.view,
                "members": list(entry.members),
                "weighting": entry.weighting,
                "combiner": entry.combiner,
                "temperature": round(entry.temperature, 4),
            }
            | ({} if entry.spoilt is None else {"spoilt": round(entry.spoilt, 4)})
            for entry in self.fitted
        ]
        return (
            json.dumps({"split": "PublicTest", "weights": dict(self.weights), "temperatures": entries}, indent=2) + "\n"
        )

    @classmethod
    def from_json(cls, text: bytes, *, where: str) -> "Calibration":
        """Read a calibration; unknown keys are ignored.  Raises ArtifactDamaged, naming `where`."""
        try:
            found = json.loads(text)
            return cls(
                {str(name): str(digest) for name, digest in found["weights"].items()},
                tuple(_entry(entry) for entry in found["temperatures"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ArtifactDamaged(f"{where} does not hold temperatures.") from error


def _entry(found: Any) -> Fitted:
    temperature = _positive(found["temperature"])
    spoilt = None if found.get("spoilt") is None else _positive(found["spoilt"])
    members = tuple(str(name) for name in found["members"])
    return Fitted(str(found["view"]), members, str(found["weighting"]), str(found["combiner"]), temperature, spoilt)


def _positive(found: Any) -> float:
    temperature = float(found)
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError("expected a positive temperature")
    return temperature
