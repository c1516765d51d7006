"""What the page Labels shows: members and ensemble against FER-2013's labels and against the FER+ crowd."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.metrics import Mcnemar, mcnemar
from fer_core.metrics.crowd import AGREED, CrossEntropy, Share, Sides, conflicts, cross_entropy, flows, sides
from ui.data.artifacts import Loaded
from ui.data.pinned import pinned_setting
from ui.session.cache import cached
from ui.session.choice import Choice

MOST_VOTES = 10
"""Votes of an image in FER+."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """What people said of the images that are shown, and what FER-2013 says.

    labels int64 [N]; plurality int64 [N], -1 where no emotion leads; votes for the seven emotions uint8 [N,7]
    top : the most votes that any answer has, int64 [N]; agreed : whether nearly all name one emotion, bool [N]
    """

    labels: NDArray[np.int64]
    plurality: NDArray[np.int64]
    votes: NDArray[np.uint8]
    top: NDArray[np.int64]
    agreed: NDArray[np.bool_]

    def scored(self, truth: str, *, agreed: bool) -> NDArray[np.bool_]:
        """Return the images that have an answer of this kind: bool [N]."""
        images = np.ones(len(self.labels), bool)
        if truth == "plurality":
            images &= self.plurality >= 0
        elif truth == "distribution":
            images &= (self.votes > 0).any(axis=1)
        if agreed:
            images &= self.agreed
        return images


@dataclass(frozen=True, eq=False)
class Row:
    """One member, the ensemble, or what is pinned as A, on the images that are scored.

    label, crowd : right by the label and by the plurality; loss : against the shares, None where nobody voted
    sides : where label and plurality differ; member : its name, None for the ensemble and for A
    """

    member: str | None
    name: str
    label: Share
    crowd: Share
    loss: CrossEntropy | None
    sides: Sides

    def score(self, truth: str) -> float:
        """Return what is better when more, by the answer that counts; minus infinity where there is none."""
        if truth == "distribution":
            return -self.loss.value if self.loss and not np.isnan(self.loss.value) else -np.inf
        share = self.label if truth == "label" else self.crowd
        return -np.inf if share.value is None else share.value


@dataclass(frozen=True, eq=False)
class Compared:
    """Everything that the page shows.

    rows : the ensemble first, then the members that are on; one alone is a row of its own; best : the member best on
        PublicTest; images : that are scored, of `total`; agreement : of the labels with the plurality
    test : the ensemble against the best member by the answer that counts, None for shares
    flows : the most frequent pairs of label and plurality, and whose side the ensemble takes there
    voted : right by the label, and by the plurality, by how many votes the crowd's plurality has
    learned : members that are on and were trained on the votes of Training images
    unknown : members that are on and of whose training nothing is known
    pin : what is pinned as A, None where there is no other setting
    """

    truth: str
    setting: Setting
    rows: tuple[Row, ...]
    best: Row
    images: int
    total: int
    agreement: Share
    test: Mcnemar | None
    flows: tuple[tuple[str, str, Sides], ...]
    voted: tuple[tuple[int, Share, Share], ...]
    learned: tuple[str, ...]
    unknown: tuple[str, ...]
    pin: Row | None

    @property
    def first(self) -> Row:
        """The ensemble, or the one member that is on."""
        return self.rows[0]

    @property
    def drawn(self) -> tuple[Row, ...]:
        """The rows as figures show them: what is pinned stands after the first."""
        return self.rows if self.pin is None else (self.rows[0], self.pin, *self.rows[1:])


def compared(loaded: Loaded, choice: Choice) -> Compared:
    """Return everything that the page shows of a choice; raises ArtifactError for votes that cannot be used."""
    explorer, asked = loaded.explorer, choice.labels
    crowd = _crowd(loaded, choice.split, choice.twins)
    setting, best = choice.setting(), explorer.best_member
    names = dict.fromkeys((*choice.members, best))
    alone = {name: Setting((name,), split=choice.split, twins=choice.twins) for name in names}

    def row(member: str | None, setting: Setting, name: str = "ensemble") -> Row:
        return _row(loaded, member, setting, asked.truth, asked.agreed, name)

    members = {name: row(name, one) for name, one in alone.items()}
    whole = row(setting.members[0] if len(setting.members) == 1 else None, setting)
    pinned = pinned_setting(choice)
    scored = crowd.scored(asked.truth, agreed=asked.agreed)
    leads = scored & (crowd.plurality >= 0)
    decided, other = explorer.decide(setting).labels, explorer.decide(alone[best]).labels
    truth = crowd.labels if asked.truth == "label" else crowd.plurality
    test = None if asked.truth == "distribution" else mcnemar((decided == truth)[scored], (other == truth)[scored])
    return Compared(
        truth=asked.truth,
        setting=setting,
        rows=(whole, *(members[name] for name in choice.members)) if whole.member is None else (whole,),
        best=members[best],
        images=int(scored.sum()),
        total=len(scored),
        agreement=Share(int((crowd.plurality == crowd.labels)[leads].sum()), int(leads.sum())),
        test=test,
        flows=_flows(crowd, decided, scored),
        voted=_voted(crowd, decided, leads),
        learned=tuple(name for name in choice.members if name in loaded.cards and loaded.cards[name].by_votes),
        unknown=tuple(name for name in choice.members if name not in loaded.cards),
        pin=row(None, pinned, "A") if pinned else None,
    )


@cached(entries=8)
def _crowd(loaded: Loaded, split: str, twins: bool) -> Crowd:
    # Imported here: no other page of the laboratory needs anything of the data set.
    from fer_core.dataset.ferplus import class_votes, plurality

    part = loaded.explorer.part(split, twins=twins)
    votes = loaded.artifacts.ferplus(split)[part.images]
    classes = class_votes(votes)
    agreed = classes.max(axis=1) >= AGREED
    return Crowd(part.labels, plurality(votes), classes, votes.max(axis=1).astype(np.int64), agreed)


@cached(entries=256)
def _row(loaded: Loaded, member: str | None, setting: Setting, truth: str, agreed: bool, name: str) -> Row:
    crowd = _crowd(loaded, setting.split, setting.twins)
    decision, scored = loaded.explorer.decide(setting), crowd.scored(truth, agreed=agreed)
    labels, plurality, decided = crowd.labels, crowd.plurality, decision.labels
    leads = scored & (plurality >= 0)
    some = crowd.votes[scored].any()
    return Row(
        member=member,
        name=member or name,
        label=Share(int((decided == labels)[scored].sum()), int(scored.sum())),
        crowd=Share(int((decided == plurality)[leads].sum()), int(leads.sum())),
        loss=cross_entropy(decision.shares[scored], crowd.votes[scored]) if some else None,
        sides=sides(decided, labels, plurality, conflicts(labels, plurality, scored)),
    )


def _flows(
    crowd: Crowd, decided: NDArray[np.int64], scored: NDArray[np.bool_], most: int = 8
) -> tuple[tuple[str, str, Sides], ...]:
    differ = conflicts(crowd.labels, crowd.plurality, scored)
    counts = flows(crowd.labels, crowd.plurality, differ, len(EMOTIONS)).ravel()
    found = []
    for pair in np.argsort(-counts, kind="stable")[:most].tolist():
        label, other = divmod(pair, len(EMOTIONS))
        here = differ & (crowd.labels == label) & (crowd.plurality == other)
        if counts[pair]:
            whose = sides(decided, crowd.labels, crowd.plurality, here)
            found.append((EMOTIONS[label], EMOTIONS[other], whose))
    return tuple(found)


def _voted(crowd: Crowd, decided: NDArray[np.int64], leads: NDArray[np.bool_]) -> tuple[tuple[int, Share, Share], ...]:
    found = []
    for votes in range(1, MOST_VOTES + 1):
        here = leads & (crowd.top == votes)
        images = int(here.sum())
        if images:
            right = [int((decided == truth)[here].sum()) for truth in (crowd.labels, crowd.plurality)]
            found.append((votes, Share(right[0], images), Share(right[1], images)))
    return tuple(found)
