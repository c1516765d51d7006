"""A setting that was pinned as A, to hold others against."""

from dataclasses import dataclass

from fer_core.ensemble import Setting
from fer_core.links import pin_of, pin_text


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
        return pin_text(self.setting("test", twins=True))


def from_text(text: str, members: tuple[str, ...]) -> Pin | None:
    """Read what a link holds; None for what means nothing, or names a member that there is not.

    members : all there are
    """
    try:
        return Pin.of(pin_of(text, members))
    except ValueError:
        return None
