"""What the page Members shows of one member: figures of the split that is shown, training, and what is on disk."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from fer_core.artifacts import Artifacts, Card, Epoch
from fer_core.ensemble import Outcome, Setting
from fer_core.metrics import Reliability, reliability
from ui.data.artifacts import Loaded
from ui.data.latency import weights_of
from ui.session.choice import Choice


@dataclass(frozen=True, eq=False)
class Look:
    """One member as it is looked at.

    outcome : on the images that are shown; other : the same without the images that have a twin, or with them
    elsewhere : accuracy on the split that is not shown, a share
    size : bytes of the weights on disk
    """

    name: str
    card: Card
    history: tuple[Epoch, ...]
    outcome: Outcome
    other: Outcome
    elsewhere: float
    reliability: Reliability
    size: int


@dataclass(frozen=True)
class Scales:
    """Ends of axes that members side by side share, so that they can be compared by eye.

    rows : blocks of the longest network; side : largest side of a map in pixels; channels : most of any block
    epochs : of the longest training; loss in nats and accuracy in shares : from the smallest to the largest
    """

    rows: int
    side: int
    channels: int
    epochs: int
    loss: tuple[float, float]
    accuracy: tuple[float, float]


@st.cache_data(show_spinner=False, max_entries=128)
def _size(sha256: str, name: str, _artifacts: Artifacts) -> int:
    return len(_artifacts.read(weights_of(name)))


def look(loaded: Loaded, choice: Choice, name: str) -> Look:
    """Gather what is shown of one member; raises ArtifactError for a file of it that cannot be used."""
    artifacts, explorer, split = loaded.artifacts, loaded.explorer, choice.split
    outcome, other = (
        explorer.recompute(Setting((name,), split=split, twins=twins)) for twins in (choice.twins, not choice.twins)
    )
    elsewhere = explorer.member_accuracy("valid" if split == "test" else "test", twins=choice.twins)[name]
    return Look(
        name=name,
        card=loaded.cards[name],
        history=artifacts.history(name),
        outcome=outcome,
        other=other,
        elsewhere=elsewhere,
        reliability=reliability(outcome.decision.shares.max(axis=1), outcome.right),
        size=_size(artifacts.manifest.files.get(weights_of(name), ""), name, artifacts),
    )


def scales(looks: Sequence[Look]) -> Scales:
    """Return the ends of axes that hold all of some members."""
    layers = [layer for look in looks for layer in look.card.layers]
    epochs = [epoch for look in looks for epoch in look.history]
    losses = [loss for epoch in epochs for loss in (epoch.train_loss, epoch.valid_loss)] or [0.0]
    accuracies = [epoch.valid_accuracy for epoch in epochs] or [0.0]
    return Scales(
        rows=max(len(look.card.layers) for look in looks),
        side=max([look.card.input_size for look in looks] + [layer.side for layer in layers]),
        channels=max([layer.channels for layer in layers], default=1),
        epochs=max([epoch.epoch for epoch in epochs], default=1),
        loss=(min(losses), max(losses)),
        accuracy=(min(accuracies), max(accuracies)),
    )
