"""How a member is trained: one frozen dataclass, and what the recipes of members have in common."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is trained, beside the network, the data and the seed.

    epochs, batch : passes over Training; images a step (the rest of an epoch that fills no batch is left out)
    optimiser, lr, momentum, weight_decay : `lr` is the peak; decay is kept off norms and biases
    schedule, warmup : shape of the learning rate over all steps; share of the steps that it rises ("one_cycle")
    sizes : input sides in pixels before the member's own, each for an equal part of the epochs (small and fast first)
    label_smoothing, dropout : `dropout` goes to the network; None leaves the network's own
    clip : largest gradient norm, 0 for no limit
    ema : decay a step of the averaged weights that are validated and kept, 0 for none
    patience : epochs without a better PublicTest accuracy before stopping, 0 for never
    flip : whether half of the images are mirrored
    rotate, scale, shift : bounds of the random affine: degrees, share of size, share of the side
    brightness, contrast : bounds of the random change, as shares
    erase : probability that a rectangle of 2 to 20% of an image is greyed out (Zhong et al. 2017, arXiv 1708.04896)
    cover, shrink, blur, noise, jpeg : probability of each kind of damage of `augment.py`
    mixup : alpha of the Beta distribution of pairs, 0 for none (Zhang et al. 2017, arXiv 1710.09412)
    balance : power of 1 / class size by which images are drawn: 0 each once an epoch, 1 all classes equally often
    adjust : how much of the logarithm of its share in Training is added to the logit of a class in the loss, so that
        the network need not learn how frequent it is (Menon et al. 2020, arXiv 2007.07314): 0 none, 1 all of it
    votes : weight of the cross-entropy to the FER+ crowd votes, a second target on the same images, 0 for none
    distil : share of the cross-entropy that is to the teachers' probabilities instead of the label, where there are
        teachers (Hinton et al. 2015, arXiv 1503.02531; Furlanello et al. 2018, arXiv 1805.04770)
    precision : "bfloat16" for autocast, "float32" for none; the command `train` takes whichever is faster
    refinements : recipes that go on from the last weights, one after the other, each with an optimiser and a schedule
        of its own; dropout, ema, patience and precision stay those of the first
    """

    epochs: int = 24
    batch: int = 128
    optimiser: Literal["sgd", "adamw"] = "sgd"
    lr: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["one_cycle", "cosine", "constant"] = "one_cycle"
    warmup: float = 0.25
    sizes: tuple[int, ...] = ()
    label_smoothing: float = 0.1
    dropout: float | None = 0.3
    clip: float = 0.0
    ema: float = 0.0
    patience: int = 0
    flip: bool = True
    rotate: float = 12.0
    scale: float = 0.12
    shift: float = 0.12
    brightness: float = 0.25
    contrast: float = 0.25
    erase: float = 0.0
    cover: float = 0.0
    shrink: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    jpeg: float = 0.0
    mixup: float = 0.0
    balance: float = 0.0
    adjust: float = 0.0
    votes: float = 0.0
    distil: float = 0.6
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    refinements: tuple["Recipe", ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that no training can use."""
        for name in ("epochs", "batch", "lr"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}: expected a positive number, got {getattr(self, name)}")
        closed = ("balance", "adjust", "erase", "cover", "shrink", "blur", "noise", "jpeg", "distil")
        for name in ("label_smoothing", "ema", "warmup", "scale", *closed):
            if not 0 <= getattr(self, name) < (1.0001 if name in closed else 1.0):
                raise ValueError(f"{name}: expected a share, 0 up to 1, got {getattr(self, name)}")

    @property
    def stages(self) -> tuple["Recipe", ...]:
        """The recipe itself and its refinements, in order."""
        return (self, *self.refinements)

    @property
    def total_epochs(self) -> int:
        """Epochs of all stages."""
        return sum(stage.epochs for stage in self.stages)

    def place(self, epoch: int) -> tuple["Recipe", int]:
        """Return the stage of an epoch and the epoch's number in it, both counted from 0."""
        for stage in self.stages:
            if epoch < stage.epochs:
                return stage, epoch
            epoch -= stage.epochs
        raise ValueError(f"epoch: expected one of {self.total_epochs}")

    def side(self, epoch: int) -> int | None:
        """Return the input side of an epoch counted from 0, in pixels; None for the member's own."""
        stage, at = self.place(epoch)
        phases = (*stage.sizes, None)
        return phases[-1 - (stage.epochs - 1 - at) * len(phases) // stage.epochs]

    @property
    def by_votes(self) -> bool:
        """Whether any stage learns from the FER+ votes."""
        return any(stage.votes for stage in self.stages)

    def without_votes(self) -> "Recipe":
        """Return the same recipe on labels alone."""
        return replace(self, votes=0.0, refinements=tuple(stage.without_votes() for stage in self.refinements))

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as the card holds them."""
        return asdict(self)


BASE = Recipe()
"""Short schedule for two CPU cores: SGD-Nesterov with one cycle."""

SLIDES = Recipe(
    epochs=60,
    lr=0.01,
    weight_decay=1e-7,
    schedule="constant",
    label_smoothing=0.0,
    patience=8,
    rotate=10.0,
    scale=0.1,
    shift=0.1,
    brightness=0.0,
    contrast=0.0,
)
"""The slides' own settings: learning rate 0.01, weight decay 1e-7, dropout 0.3, early stopping."""

WITH_VOTES = replace(BASE, epochs=40, votes=0.5)
"""The crowd's votes beside the label."""

DAMAGE: dict[str, Any] = dict.fromkeys(("cover", "shrink", "blur", "noise", "jpeg"), 0.08)
"""Every kind of damage hits one image in twelve."""

LONG = replace(WITH_VOTES, epochs=100, sizes=(28, 36), **DAMAGE)
"""A third of the epochs on images of 28 pixels and a third on 36, which are two and a half and one and a half times as
fast as 44: the networks underfit, so length pays."""
