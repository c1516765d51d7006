"""What becomes of each image when the best member or another setting gives way to an ensemble: rescued or broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Setting
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.predictions import untaken
from fer_core.metrics import Mcnemar, confusion, mcnemar

KINDS = ("both wrong", "broken", "rescued", "both right")
"""What becomes of an image.  Rescued: the ensemble is right, what it is held against wrong; broken: the other way."""
ORDERS = ("row", "hardness")


@dataclass(frozen=True, eq=False)
class Ballots:
    """Every member's vote on each image of a setting; M members are on, in the order of the setting.

    members : their names; best_member : the member best on PublicTest, on or off; classes : names of all C
    against : the setting that they are held against, None for the best member
    rows : int64 [N], position in the split, in the order of fer2013.csv; labels, decided : int64 [N], FER-2013's label
        and the ensemble's class
    shares : float64 [N,C], the ensemble's share for each class
    votes : int64 [M,N], each member's first class; best_votes : int64 [N], those of the best member
    others : int64 [N], what that says which they are held against
    right : bool [M,N]; dissent : int64 [N], how many members say otherwise than the ensemble
    kind : int64 [N], positions in `KINDS`
    """

    members: tuple[str, ...]
    best_member: str
    classes: tuple[str, ...]
    against: Setting | None
    rows: NDArray[np.int64]
    labels: NDArray[np.int64]
    decided: NDArray[np.int64]
    shares: NDArray[np.float64]
    votes: NDArray[np.int64]
    best_votes: NDArray[np.int64]
    others: NDArray[np.int64]
    right: NDArray[np.bool_]
    dissent: NDArray[np.int64]
    kind: NDArray[np.int64]

    @cached_property
    def members_right(self) -> NDArray[np.int64]:
        """How many members are right on each image: int64 [N]."""
        return np.asarray(self.right.sum(axis=0), np.int64)

    @cached_property
    def true_shares(self) -> NDArray[np.float64]:
        """The ensemble's share for the label: float64 [N]."""
        shares: NDArray[np.float64] = self.shares[np.arange(len(self.labels)), self.labels]
        return shares

    @cached_property
    def hardest(self) -> NDArray[np.int64]:
        """All images from the hardest on: fewest members right, then least share on the label, then by row."""
        return np.lexsort((self.rows, self.true_shares, self.members_right))

    def counts(self) -> dict[str, int]:
        """Return how many images are of each kind."""
        found = np.bincount(self.kind, minlength=len(KINDS)).tolist()
        return dict(zip(KINDS, found, strict=True))

    def test(self) -> Mcnemar:
        """Return the exact McNemar test of the ensemble (its first) and what it is held against."""
        return mcnemar(self.decided == self.labels, self.others == self.labels)

    def select(
        self,
        *,
        kind: str | None = None,
        label: int | None = None,
        decided: int | None = None,
        dissent: int = 0,
        order: str = "row",
    ) -> NDArray[np.int64]:
        """Return the positions of the images that fit: int64 [K].

        kind : one of `KINDS`; label, decided : a class; None for any; dissent : least members that say otherwise
        order : by "row", or by "hardness" from the hardest on
        Raises ValueError for a kind, class or order that there is not.
        """
        if kind is not None and kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}")
        if order not in ORDERS:
            raise ValueError(f"order: expected one of {', '.join(ORDERS)}, got {order!r}")
        fits = self.dissent >= dissent
        if kind is not None:
            fits &= self.kind == KINDS.index(kind)
        for name, asked, found in (("label", label, self.labels), ("decided", decided, self.decided)):
            if asked is None:
                continue
            if not 0 <= asked < len(self.classes):
                raise ValueError(f"{name}: expected 0 to {len(self.classes) - 1}, got {asked}")
            fits &= found == asked
        if order == "hardness":
            return self.hardest[fits[self.hardest]]
        return np.flatnonzero(fits)

    def confusion(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what the ensemble takes the images at positions int64 [K] for: int64 [C,C], rows are labels."""
        if not len(at):
            return np.zeros((len(self.classes), len(self.classes)), np.int64)
        return confusion(self.decided[at], self.labels[at], len(self.classes))

    def to_csv(self, at: NDArray[np.int64], crowd: Mapping[str, NDArray[np.uint8]] | None = None) -> str:
        """Return the images at positions int64 [K] as CSV with a header, the ensemble's share to six decimals.

        What the ensemble is held against has a column where it is not the best member; a member with the name of
        another column has "member" before its own.
        crowd : votes uint8 [whole split] of each answer that people could give, by its name
        """
        import pandas as pd  # here, because it is large

        names = np.array(self.classes)
        share = self.shares[at, self.decided[at]]
        columns: dict[str, list[object]] = {
            "row": self.rows[at].tolist(),
            "label": names[self.labels[at]].tolist(),
            "ensemble": names[self.decided[at]].tolist(),
            "share": [f"{value:.6f}" for value in share.tolist()],
            "kind": [KINDS[kind] for kind in self.kind[at]],
            "say_otherwise": self.dissent[at].tolist(),
        }
        if self.against is not None:
            columns["held_against"] = names[self.others[at]].tolist()
        for name, votes in zip(self.members, self.votes, strict=True):
            columns[untaken(name, columns, "member")] = names[votes[at]].tolist()
        for name, votes in (crowd or {}).items():
            columns[untaken(f"crowd_{name}", columns, "people")] = votes[self.rows[at]].tolist()
        return str(pd.DataFrame(columns).to_csv(index=False, lineterminator="\n"))


def ballots(explorer: Explorer, setting: Setting, *, against: Setting | None = None) -> Ballots:
    """Return every vote on the images of a setting, and what becomes of each image.

    against : what the setting is held against, on the same images; None for the member best on PublicTest
    Raises ValueError for a setting that the explorer refuses, and for other images.
    """
    if against is not None and (against.split, against.twins) != (setting.split, setting.twins):
        raise ValueError(
            f"against: expected the images of the setting (split {setting.split!r}, twins {setting.twins}), "
            f"got split {against.split!r}, twins {against.twins}"
        )
    part, decision = explorer.part(setting.split, twins=setting.twins), explorer.decide(setting)
    at, best = explorer.positions(setting.members), explorer.positions([explorer.best_member])[0]
    votes, labels, best_votes = part.predicted[at], part.labels, part.predicted[best]
    others = best_votes if against is None else explorer.decide(against).labels
    right = decision.labels == labels
    return Ballots(
        members=setting.members,
        best_member=explorer.best_member,
        classes=explorer.classes,
        against=against,
        rows=part.images,
        labels=labels,
        decided=decision.labels,
        shares=decision.shares,
        votes=votes,
        best_votes=best_votes,
        others=others,
        right=part.right[at],
        dissent=(votes != decision.labels).sum(axis=0),
        kind=2 * right.astype(np.int64) + (others == labels),
    )
