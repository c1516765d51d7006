"""One recompute of an ensemble: what the page, the report and the bench all call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble.combiners import COMBINERS, Decision, log_softmax, pooled_probabilities
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, normalised
from fer_core.metrics import Mcnemar, brier, confusion, log_likelihood_loss, macro_f1, mcnemar, recalls, wilson
from fer_core.metrics.probabilities import binned_gap

SPLITS = ("valid", "test")


@dataclass(frozen=True)
class Setting:
    """One choice of ensemble and of the images it is scored on.

    members : names, at least one; manual : a weight for each of them, for the weighting "manual"
    split : "valid" (PublicTest) or "test" (PrivateTest); twins : False leaves out images with a twin in Training
    """

    members: tuple[str, ...]
    weighting: str = "equal"
    combiner: str = "mean_probability"
    manual: tuple[float, ...] = ()
    split: str = "test"
    twins: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a setting reaches; accuracies, recalls and errors are shares.

    interval : Wilson 95%; recalls, recall_gain (against the best member) : float64 [C]; confusion : int64 [C,C]
    nll : nats, NaN where a true class has share zero; ece : expected calibration error, 15 bins
    weights : float64 [M,C], each class summing to one; decision : of the images that are scored
    best_member : the member best on PublicTest; gain and mcnemar : against it, on the same images
    member_accuracy : of every member, chosen or not, on the same images
    """

    setting: Setting
    n: int
    correct: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    recalls: NDArray[np.float64]
    confusion: NDArray[np.int64]
    nll: float
    brier: float
    ece: float
    weights: Weights
    decision: Decision
    best_member: str
    best_accuracy: float
    gain: float
    mcnemar: Mcnemar
    recall_gain: NDArray[np.float64]
    member_accuracy: dict[str, float] = field(repr=False)
    right: NDArray[np.bool_] = field(repr=False)


class _Split:
    """Everything about one split that does not depend on a setting."""

    def __init__(self, logits: NDArray[np.float32], labels: NDArray[np.int64], twin: NDArray[np.bool_]) -> None:
        self.labels, self.twin = labels, twin
        self.logs = log_softmax(logits)
        self.probabilities = np.exp(self.logs)
        self.predicted = self.logs.argmax(axis=2)
        self.right = self.predicted == labels

    @cached_property
    def without_twins(self) -> "_Split":
        """The same without the images that have a twin in Training."""
        keep = ~self.twin
        part = object.__new__(_Split)
        part.labels, part.twin = self.labels[keep], self.twin[keep]
        part.logs, part.probabilities = self.logs[:, keep].copy(), self.probabilities[:, keep].copy()
        part.predicted, part.right = self.predicted[:, keep], self.right[:, keep]
        return part


class Explorer:
    """Cached logits of all members, made ready so that a setting is recomputed in a few milliseconds.

    Built from the members' names and, for "valid" and "test", logits float32 [M,N,7], labels int64 [N] and whether an
    image has a twin in Training bool [N].  Nothing in it changes after, so threads may share it.
    """

    def __init__(
        self,
        members: Sequence[str],
        logits: dict[str, NDArray[np.float32]],
        labels: dict[str, NDArray[np.int64]],
        twins: dict[str, NDArray[np.bool_]] | None = None,
    ) -> None:
        self.members = tuple(members)
        self._index = {name: i for i, name in enumerate(self.members)}
        self._splits = {}
        for split in SPLITS:
            n = len(labels[split])
            if logits[split].shape != (len(self.members), n, len(EMOTIONS)):
                raise ValueError(
                    f"logits: expected shape [{len(self.members)},{n},{len(EMOTIONS)}] for {split}, "
                    f"got {list(logits[split].shape)}"
                )
            twin = np.zeros(n, bool) if twins is None else twins[split]
            self._splits[split] = _Split(logits[split], labels[split], twin)
        self.valid_accuracy = dict(zip(self.members, self._splits["valid"].right.mean(axis=1).tolist(), strict=True))
        self.best_member = max(self.members, key=lambda name: self.valid_accuracy[name])
        self._fitted = {
            name: weighting.fit(self._splits["valid"].probabilities, self._splits["valid"].labels)
            for name, weighting in WEIGHTINGS.items()
            if weighting.fit is not None
        }

    def part(self, split: str, *, twins: bool = True) -> _Split:
        """Return a split's arrays, with or without images that have a twin in Training."""
        if split not in self._splits:
            raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
        whole = self._splits[split]
        return whole if twins else whole.without_twins

    def positions(self, members: Sequence[str]) -> list[int]:
        """Return where the named members stand; raises ValueError for none, one twice, or an unknown one."""
        if not members or len(set(members)) != len(members):
            raise ValueError(f"members: expected at least one, each once, got {list(members)}")
        unknown = [name for name in members if name not in self._index]
        if unknown:
            raise ValueError(f"members: expected some of {', '.join(self.members)}, got {unknown[0]!r}")
        return [self._index[name] for name in members]

    def weights(self, setting: Setting) -> Weights:
        """Return the setting's weights float64 [M,C], each class summing to one over the members chosen."""
        at = self.positions(setting.members)
        if setting.weighting not in WEIGHTINGS:
            raise ValueError(f"weighting: expected one of {', '.join(WEIGHTINGS)}, got {setting.weighting!r}")
        if setting.weighting in self._fitted:
            return normalised(self._fitted[setting.weighting][at])
        if len(setting.manual) != len(at):
            raise ValueError(f"manual: expected {len(at)} weights, one a member, got {len(setting.manual)}")
        return normalised(np.repeat(np.array(setting.manual, float)[:, None], len(EMOTIONS), axis=1))

    def decide(self, setting: Setting) -> Decision:
        """Return the ensemble's decision on the images of the setting."""
        if setting.combiner not in COMBINERS:
            raise ValueError(f"combiner: expected one of {', '.join(COMBINERS)}, got {setting.combiner!r}")
        part, at, weights = (
            self.part(setting.split, twins=setting.twins),
            self.positions(setting.members),
            self.weights(setting),
        )
        if setting.combiner == "mean_probability":  # the probabilities are at hand
            return pooled_probabilities(part.probabilities[at], weights)
        return COMBINERS[setting.combiner].combine(part.logs[at], weights)

    def recompute(self, setting: Setting) -> Outcome:
        """Return everything that is shown of a setting."""
        part, decision = self.part(setting.split, twins=setting.twins), self.decide(setting)
        labels, n = part.labels, len(part.labels)
        right = decision.labels == labels
        counts = confusion(decision.labels, labels, len(EMOTIONS))
        best = self._index[self.best_member]
        best_counts = confusion(part.predicted[best], labels, len(EMOTIONS))
        correct, own = int(right.sum()), recalls(counts)
        best_accuracy = float(part.right[best].mean())
        confidence = decision.shares[np.arange(n), decision.labels]
        return Outcome(
            setting=setting,
            n=n,
            correct=correct,
            accuracy=correct / n,
            interval=wilson(correct, n),
            macro_f1=macro_f1(counts),
            recalls=own,
            confusion=counts,
            nll=log_likelihood_loss(decision.shares, labels),
            brier=brier(decision.shares, labels),
            ece=binned_gap(confidence, right),
            weights=self.weights(setting),
            decision=decision,
            best_member=self.best_member,
            best_accuracy=best_accuracy,
            gain=correct / n - best_accuracy,
            mcnemar=mcnemar(right, part.right[best]),
            recall_gain=own - recalls(best_counts),
            member_accuracy=dict(zip(self.members, part.right.mean(axis=1).tolist(), strict=True)),
            right=right,
        )
