"""A setting that was pinned as A, to hold others against."""

import math
from dataclasses import dataclass

from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS, Setting


@dataclass(frozen=True)
class Pin:
    """Members in the artifacts' order, how they are weighed and combined; manual : a weight each, for "manual"."""

    members: tuple[str, ...]
    weighting: str
    combiner: str
    manual: tuple[float, ...] = ()

    @classmethod
    def of(cls, setting: Setting) -> "Pin":
        """Pin a setting; the images it is scored on are not part of it."""
        return cls(setting.members, setting.weighting, setting.combiner, setting.manual)

    def setting(self, split: str, *, twins: bool) -> Setting:
        """Return it as a setting on some images."""
        return Setting(self.members, self.weighting, self.combiner, self.manual, split, twins)

    def to_text(self) -> str:
        """Return it as a link holds it."""
        parts = [",".join(self.members), self.weighting, self.combiner]
        return "~".join(parts + ([",".join(f"{weight:g}" for weight in self.manual)] if self.manual else []))


def from_text(text: str, members: tuple[str, ...]) -> Pin | None:
    """Read what a link holds; None for what means nothing, or names a member that there is not.

    members : all there are
    """
    parts = text.split("~")
    if len(parts) not in (3, 4):
        return None
    names, weighting, combiner = parts[0].split(","), parts[1], parts[2]
    known = tuple(name for name in members if name in names)
    if not known or len(known) != len(names) or weighting not in WEIGHTINGS or combiner not in COMBINERS:
        return None
    try:
        manual = tuple(float(part) for part in parts[3].split(",")) if len(parts) == 4 else ()
    except ValueError:
        return None
    if (weighting == "manual") != bool(manual) or len(manual) not in (0, len(known)):
        return None
    if not all(math.isfinite(weight) and 0 <= weight <= LARGEST_WEIGHT for weight in manual):
        return None
    return Pin(known, weighting, combiner, manual) if not manual or any(manual) else None
