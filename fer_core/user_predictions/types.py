"""What comes of a file of predictions, and what stands in it before it is checked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("logits", "probabilities")


@dataclass(frozen=True, eq=False)
class Reference:
    """What further members may join: names of the members there are, their classes, and both splits' labels int64 [N].

    Their rows stand in the order of fer2013.csv.
    """

    members: tuple[str, ...]
    classes: tuple[str, ...]
    labels: dict[str, NDArray[np.int64]]


@dataclass(frozen=True)
class Limits:
    """Most members, and most numbers (members x rows x classes of both splits together), that are taken in."""

    members: int = 5000
    numbers: int = 2**31


@dataclass(frozen=True, eq=False)
class Part:
    """Rows of one split, or of all, before they are checked.

    values : of any dtype [M,N,C]; labels : of any dtype [N], None where the file has none
    kind : "logits" or "probabilities", None where the file does not say
    """

    values: NDArray[Any]
    labels: NDArray[Any] | None
    kind: str | None


@dataclass(frozen=True, eq=False)
class Raw:
    """A file of predictions before it is checked.

    parts : by "valid" and "test", or the one part "all"; members, classes : None where the file names none
    remarks : as `Extra` has them
    """

    parts: dict[str, Part]
    members: tuple[str, ...] | None
    classes: tuple[str, ...] | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Extra:
    """Checked members of a user's own.

    file, sha256 : where they come from; joins : whether their rows are those of the two splits of FER-2013, so that
        they stand beside other members there, or rows of their own, which stand alone
    logits : log-probabilities float32 [M,N,C] by "valid" and "test"; labels : int64 [N] by the same
    remarks : one sentence for each thing that was done to what the file holds
    """

    file: str
    sha256: str
    members: tuple[str, ...]
    classes: tuple[str, ...]
    logits: dict[str, NDArray[np.float32]]
    labels: dict[str, NDArray[np.int64]]
    joins: bool
    remarks: tuple[str, ...] = ()
