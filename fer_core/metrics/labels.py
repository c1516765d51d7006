"""How far decisions agree with a crowd that saw the same images, beside how far they agree with the labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.metrics.intervals import wilson

AGREED = 9
"""Votes of ten that have to be one answer for an image to count as agreed on."""


@dataclass(frozen=True)
class Share:
    """How many of how many images."""

    correct: int
    images: int

    @property
    def value(self) -> float | None:
        """The share, None of no image."""
        return self.correct / self.images if self.images else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95% interval, None of no image."""
        return wilson(self.correct, self.images) if self.images else None


@dataclass(frozen=True, eq=False)
class Crowd:
    """What the crowd says of each image.

    plurality : the class with most votes, int64 [N], -1 where no class leads
    agreed : whether at least `AGREED` votes are one answer, be it none of the classes, bool [N]
    """

    plurality: NDArray[np.int64]
    agreed: NDArray[np.bool_]

    @classmethod
    def of(cls, votes: NDArray[np.uint8], plurality: NDArray[np.int64]) -> "Crowd":
        """Take votes uint8 [N,K] and the plurality int64 [N] that the data set's own rule gives for them."""
        if votes.ndim != 2 or plurality.shape != votes.shape[:1]:
            raise ValueError(f"plurality: expected one a row of {list(votes.shape)}, got {list(plurality.shape)}")
        return cls(plurality, votes.max(axis=1) >= AGREED)


@dataclass(frozen=True)
class LabelQuality:
    """How often decisions are the crowd's and the label's.

    plurality : the crowd's plurality, over the images that have one
    agreed_label, agreed_crowd : the label, and the crowd's answer, over the images that the crowd agrees on; where that
        answer is no class, no decision is right
    """

    plurality: Share
    agreed_label: Share
    agreed_crowd: Share


def label_quality(decided: NDArray[np.int64], labels: NDArray[np.int64], crowd: Crowd) -> LabelQuality:
    """Compare decided classes int64 [N] with labels int64 [N] and with the crowd; the labels may be decided, too."""
    for name, given in (("decided", decided), ("labels", labels)):
        if given.shape != crowd.plurality.shape:
            raise ValueError(f"{name}: expected shape {list(crowd.plurality.shape)}, got {list(given.shape)}")
        if len(given) and given.min() < 0:
            raise ValueError(f"{name}: expected classes from 0, got {given.min()}")

    def share(right: NDArray[np.bool_], among: NDArray[np.bool_]) -> Share:
        return Share(int((right & among).sum()), int(among.sum()))

    return LabelQuality(
        plurality=share(decided == crowd.plurality, crowd.plurality >= 0),
        agreed_label=share(decided == labels, crowd.agreed),
        agreed_crowd=share(decided == crowd.plurality, crowd.agreed),
    )
