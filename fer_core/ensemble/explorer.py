"""One recompute of an ensemble: what the page, the report and the bench all call."""

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.decision import Comparison, Decision, Outcome, Outputs, Pool, Setting, log_softmax, outputs_of
from fer_core.ensemble.weightings import WEIGHTINGS, Weights, fit_of, known, normalised
from fer_core.metrics import brier, confusion, log_likelihood_loss, macro_f1, mcnemar, paired_interval, recalls, wilson
from fer_core.metrics.scores import binned_gap

SPLITS = ("valid", "test")
KEPT = 48
"""Fits and decisions of choices of members that an explorer keeps: less than 20 MB."""


class _Split:
    """Everything about one split that does not depend on a setting.

    labels, images (the position of each image in the split) int64 [N]; logs, probabilities float64 [M,N,C];
    predicted int64 [M,N]; right bool [M,N]; accuracies, one a member
    """

    def __init__(
        self, logs: NDArray[np.float64], labels: NDArray[np.int64], twin: NDArray[np.bool_], images: NDArray[np.int64]
    ) -> None:
        self.labels, self.twin, self.images = labels, twin, images
        self.outputs = outputs_of(logs)
        self.logs, self.probabilities = logs, np.stack(self.outputs.probabilities)
        self.predicted = np.stack(self.outputs.firsts)
        self.right = self.predicted == labels
        self.accuracies: list[float] = self.right.mean(axis=1).tolist() if len(labels) else [math.nan] * len(logs)

    @cached_property
    def without_twins(self) -> "_Split":
        """The same without the images that have a twin in Training."""
        keep = ~self.twin
        return _Split(self.logs[:, keep].copy(), self.labels[keep], self.twin[keep], self.images[keep])


class Explorer:
    """Cached logits of all members, made ready so that a setting is recomputed in a few milliseconds.

    Nothing in it changes after it is built, so threads may share it.

    Parameters
    ----------
    members
        Their names, each once.
    logits
        For "valid" (PublicTest) and "test" (PrivateTest), float32 [M,N,C].
    labels
        For both, int64 [N].
    twins
        For both, whether an image has a twin in Training, bool [N]; none has where it is left out.
    classes
        C names, FER-2013's emotions unless others are given.

    Raises
    ------
    ValueError
        If a name, a shape or a label is not as above.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_core.ensemble import Explorer, Setting
    >>> valid = [[[2, 0], [1, 0], [0, 1], [0, 1], [0, 2], [1, 0]], [[1, 0], [0, 1], [3, 0], [0, 2], [0, 1], [2, 0]]]
    >>> test = [[[2, 0], [1, 0], [0, 1]], [[1, 0], [0, 3], [0, 1]]]
    >>> logits = {"valid": np.array(valid, np.float32), "test": np.array(test, np.float32)}
    >>> labels = {"valid": np.array([0, 0, 0, 1, 1, 1]), "test": np.array([0, 1, 1])}
    >>> explorer = Explorer(("a", "b"), logits, labels, classes=("no", "yes"))
    >>> explorer.recompute(Setting(("a", "b"))).accuracy
    1.0
    """

    def __init__(
        self,
        members: Sequence[str],
        logits: dict[str, NDArray[np.float32]],
        labels: dict[str, NDArray[np.int64]],
        twins: dict[str, NDArray[np.bool_]] | None = None,
        *,
        classes: Sequence[str] = EMOTIONS,
    ) -> None:
        self.members, self.classes = tuple(members), tuple(classes)
        if not self.members or len(set(self.members)) != len(self.members):
            raise ValueError(f"members: expected at least one name, each once, got {list(self.members)}")
        self._index = {name: i for i, name in enumerate(self.members)}
        self._splits = {}
        for split in SPLITS:
            n = len(labels[split])
            if logits[split].shape != (len(self.members), n, len(self.classes)):
                raise ValueError(
                    f"logits: expected shape [{len(self.members)},{n},{len(self.classes)}] for {split}, "
                    f"got {list(logits[split].shape)}"
                )
            if not n or labels[split].min() < 0 or labels[split].max() >= len(self.classes):
                raise ValueError(f"labels: expected 0 to {len(self.classes) - 1} of at least one image for {split}")
            twin = np.zeros(n, bool) if twins is None else twins[split]
            if twin.shape != (n,) or twin.dtype != bool:
                raise ValueError(f"twins: expected bool [{n}] for {split}, got {twin.dtype} {list(twin.shape)}")
            self._splits[split] = _Split(log_softmax(logits[split]), labels[split], twin, np.arange(n))
        self.valid_accuracy = dict(zip(self.members, self._splits["valid"].accuracies, strict=True))
        self.best_member = max(self.members, key=lambda name: self.valid_accuracy[name])
        self._fitted = {
            name: weighting.fit(self._splits["valid"].probabilities, self._splits["valid"].labels)
            for name, weighting in WEIGHTINGS.items()
            if weighting.fit is not None and not weighting.joint
        }
        # What depends on which members are on is fitted when it is asked for, and kept for a while.
        self._fit_together = lru_cache(maxsize=KEPT)(self._together)
        self._pool_of = lru_cache(maxsize=KEPT)(self._ready)
        self._decided = lru_cache(maxsize=KEPT)(self._decide_split)

    def part(self, split: str, *, twins: bool = True) -> _Split:
        """Return a split's arrays, with or without images that have a twin in Training."""
        if split not in self._splits:
            raise ValueError(f"split: expected 'valid' or 'test', got {split!r}")
        whole = self._splits[split]
        return whole if twins else whole.without_twins

    def member_accuracy(self, split: str, *, twins: bool = True) -> dict[str, float]:
        """Return the share of a split's images that each member gets right."""
        return dict(zip(self.members, self.part(split, twins=twins).accuracies, strict=True))

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
        known(WEIGHTINGS, "weighting", setting.weighting)
        if setting.weighting in self._fitted:
            raw = self._fitted[setting.weighting][at]
        elif WEIGHTINGS[setting.weighting].joint:
            raw = self._fit_together(setting.weighting, tuple(sorted(at)))[np.argsort(np.argsort(at))]
        elif len(setting.manual) == len(at):
            raw = np.repeat(np.array(setting.manual, float)[:, None], len(self.classes), axis=1)
        else:
            raise ValueError(f"manual: expected {len(at)} weights, one a member, got {len(setting.manual)}")
        shares, order = np.empty_like(raw), np.argsort(at)
        shares[order] = normalised(raw[order])
        return shares

    def pool_of(self, setting: Setting) -> Pool:
        """Return how the setting's members are pooled, given in the explorer's order; what is learned is kept."""
        known(COMBINERS, "combiner", setting.combiner)
        return self._pool_of(setting.combiner, tuple(sorted(self.positions(setting.members))))

    def decide(self, setting: Setting) -> Decision:
        """Return the ensemble's decision on the images of the setting."""
        combiner, part = known(COMBINERS, "combiner", setting.combiner), self.part(setting.split, twins=setting.twins)
        if combiner.fit is None:
            return self._pool(setting, part.outputs)
        weights = self.weights(setting) if combiner.weighs else None
        at = self.positions(setting.members)
        held = None if weights is None else weights[np.argsort(at)].tobytes()
        whole = self._decided(setting.combiner, tuple(sorted(at)), held, setting.split)
        if setting.twins:
            return whole
        return Decision(whole.labels[part.images], whole.shares[part.images])

    def decide_on(self, setting: Setting, logits: NDArray[np.float32]) -> Decision:
        """Return the ensemble's decision on other images: logits float32 [M,F,C] of all members, in order."""
        if logits.ndim != 3 or len(logits) != len(self.members):
            raise ValueError(
                f"logits: expected shape [{len(self.members)},F,{len(self.classes)}], got {list(logits.shape)}"
            )
        return self._pool(setting, outputs_of(log_softmax(logits)))

    def _pool(self, setting: Setting, outputs: Outputs) -> Decision:
        at = self.positions(setting.members)
        # Sums run in the explorer's order, so that the order in which members were chosen changes not even a last bit.
        weights = self.weights(setting)[np.argsort(at)]
        return self.pool_of(setting)(outputs.take(sorted(at)), weights)

    def _together(self, weighting: str, at: tuple[int, ...]) -> Weights:
        """Fit weights to some members together: float64 [len(at),C], in the explorer's order."""
        valid = self.part("valid")
        return fit_of(weighting)(valid.probabilities[list(at)], valid.labels)

    def _ready(self, combiner: str, at: tuple[int, ...]) -> Pool:
        """Return how some members are pooled."""
        valid = self.part("valid")
        return known(COMBINERS, "combiner", combiner).ready(valid.outputs.take(at), valid.labels)

    def _decide_split(self, combiner: str, at: tuple[int, ...], weights: bytes | None, split: str) -> Decision:
        """Decide on a whole split by a combiner that is fitted, which may take a tenth of a second.

        weights : bytes of float64 [len(at),C], None where they make no difference
        """
        shape = (len(at), len(self.classes))
        shares = np.ones(shape) if weights is None else np.frombuffer(weights).reshape(shape)
        return self._pool_of(combiner, at)(self.part(split).outputs.take(at), shares)

    def recompute(self, setting: Setting) -> Outcome:
        """Return everything that is shown of a setting."""
        part, decision = self.part(setting.split, twins=setting.twins), self.decide(setting)
        labels, n = part.labels, len(part.labels)
        right = decision.labels == labels
        counts = confusion(decision.labels, labels, len(self.classes))
        best = self._index[self.best_member]
        best_counts = confusion(part.predicted[best], labels, len(self.classes))
        correct, own = int(right.sum()), recalls(counts)
        best_accuracy = part.accuracies[best]
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
            member_accuracy=self.member_accuracy(setting.split, twins=setting.twins),
            right=right,
        )

    def compare(self, before: Setting, after: Setting) -> Comparison:
        """Return what `after` gains over `before`; raises ValueError where they are scored on different images."""
        if (before.split, before.twins) != (after.split, after.twins):
            raise ValueError(
                f"after: expected the images of before (split {before.split!r}, twins {before.twins}), "
                f"got split {after.split!r}, twins {after.twins}"
            )
        labels = self.part(after.split, twins=after.twins).labels
        right, other = self.decide(after).labels == labels, self.decide(before).labels == labels
        test = mcnemar(right, other)
        return Comparison((test.only_first - test.only_second) / len(labels), test, paired_interval(right, other))
