"""All methods by name, and maps of members and ensembles, from networks that all threads share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, Setting
from fer_core.ensemble.decision import Pool
from fer_core.ensemble.weightings import Weights, known
from fer_core.errors import SaliencyError
from fer_core.inference import Panel, to_tensor
from fer_core.models import Member
from fer_core.photo.calibrated import CalibratedEnsemble
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.cam import CAMS
from fer_core.saliency.draws import drawing
from fer_core.saliency.gradients import GRADIENTS
from fer_core.saliency.method import Attribution, Task, camera, camera_position
from fer_core.saliency.perturbation import PERTURBATIONS
from fer_core.saliency.propagation import PROPAGATIONS
from fer_core.saliency.score import DIFFERENTIABLE, EnsembleScore, LogitScore, Score, Target, Tick, twin

ATTRIBUTIONS: dict[str, Attribution] = {**GRADIENTS, **PROPAGATIONS, **CAMS, **PERTURBATIONS}
"""Every method, in the order in which they are offered."""


ENSEMBLE = "ensemble"
"""What the whole of a setting is called beside its members."""


@dataclass(frozen=True, eq=False)
class Subject:
    """Whose map it is: one member, or an ensemble of several under weights and a combiner.

    members, architectures : of the networks; cameras : the child of each network's `features` that Grad-CAM looks at
    weights : float64 [M,C], combiner, and how it pools members, None for a member alone
    """

    name: str
    members: tuple[str, ...]
    networks: tuple[Member, ...]
    architectures: tuple[str, ...]
    cameras: tuple[int, ...]
    weights: Weights | None = None
    combiner: str | None = None
    rule: Pool | None = None

    def score(self, *, logits: bool = False, renormalise: bool = True, tick: Tick = lambda images: None) -> Score:
        """Return what is explained, around copies of the networks that nobody else has."""
        networks = [twin(network) for network in self.networks]
        if self.weights is None or self.combiner is None:
            return (LogitScore if logits else Score)(networks, tick=tick)
        return EnsembleScore(networks, self.weights, self.combiner, rule=self.rule, renormalise=renormalise, tick=tick)

    def why_not(self, method: str) -> str | None:
        """Return why a method cannot serve it, None if it can."""
        entry = known(ATTRIBUTIONS, "method", method)
        if self.combiner is None:
            reason = entry.unserved.get(self.architectures[0])
            return f"{entry.title} cannot serve {self.name}: {reason}." if reason else None
        if entry.ensemble:
            return f"{entry.title} cannot serve an ensemble: {entry.ensemble}."
        if entry.gradient and self.combiner not in DIFFERENTIABLE:
            rule = COMBINERS[self.combiner].title
            return f"{entry.title} cannot serve the rule {rule}: gradients are followed through means alone."
        return None


@dataclass(frozen=True, eq=False)
class Map:
    """Maps of N images.

    values : float32 [N,48,48]; explained : the number that each explains, float64 [N]; direction : float32 [N,C]
    probabilities : of the subject, float64 [N,C]; delta : how far the values' sum is off what it should be, or None
    """

    values: NDArray[np.float32]
    explained: NDArray[np.float64]
    direction: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    delta: NDArray[np.float64] | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """The explained class of each image: int64 [N]."""
        labels: NDArray[np.int64] = self.direction.argmax(axis=1)
        return labels


def resolved(entry: Attribution, arguments: Arguments) -> Arguments:
    """Return arguments of which those that a method does not use are the defaults, and its own baseline is named."""
    used = {name: getattr(arguments, name) for name in entry.uses}
    if "baseline" in used and used["baseline"] is None:
        used["baseline"] = entry.baseline
    return replace(Arguments(), **used)


class Explainer:
    """All subjects of some artifacts.  Networks are loaded at the first need and never changed, so threads share them.

    panel : networks that are loaded already; calibrated_ensemble : explorers of one view
    Raises ArtifactMissing where the artifacts lack what photos need.
    """

    def __init__(
        self, artifacts: Artifacts, *, panel: Panel | None = None, calibrated_ensemble: CalibratedEnsemble | None = None
    ) -> None:
        self.artifacts = artifacts
        self.panel = panel or Panel(artifacts)
        self.calibrated_ensemble = calibrated_ensemble or CalibratedEnsemble(artifacts)
        self.surroundings = Surroundings.of(artifacts)

    @cached_property
    def _cameras(self) -> Mapping[str, int]:
        return {name: camera_position(network) for name, network in self.panel.members.items()}

    def _architecture(self, name: str) -> str:
        return self.artifacts.card(name).architecture

    def member(self, name: str) -> Subject:
        """Return a member; raises ValueError for an unknown one."""
        network = known(self.panel.members, "member", name)
        return Subject(name, (name,), (network,), (self._architecture(name),), (self._cameras[name],))

    def ensemble(self, setting: Setting) -> Subject:
        """Return the whole of a setting, its weights fitted on PublicTest seen in one view."""
        explorer = self.calibrated_ensemble.explorers["one_view"]
        names = tuple(sorted(setting.members, key=explorer.members.index))
        at = [setting.members.index(name) for name in names]
        return Subject(
            ENSEMBLE,
            names,
            tuple(self.panel.members[name] for name in names),
            tuple(self._architecture(name) for name in names),
            tuple(self._cameras[name] for name in names),
            explorer.weights(setting)[at],
            setting.combiner,
            explorer.pool_of(setting),
        )

    def explain(
        self,
        subject: Subject,
        images: NDArray[np.uint8],
        method: str,
        *,
        target: Target | None = None,
        arguments: Arguments | None = None,
        tick: Tick = lambda images: None,
    ) -> Map:
        """Return maps of images `uint8 [N,48,48]`, one view each.

        target : what is explained (default: the class that the subject predicts)
        tick : told how many images went through a network; what it raises stops the map
        Raises SaliencyError where the method cannot serve the subject, or a network says no finite number.
        """
        return explain(subject, images, method, self.surroundings, target=target, arguments=arguments, tick=tick)


def explain(
    subject: Subject,
    images: NDArray[np.uint8],
    method: str,
    surroundings: Surroundings,
    *,
    target: Target | None = None,
    direction: NDArray[np.float32] | None = None,
    arguments: Arguments | None = None,
    renormalise: bool = True,
    tick: Tick = lambda images: None,
) -> Map:
    """Return maps as `Explainer.explain` does.

    direction : float32 [N,C] in place of a target; renormalise : as for `EnsembleScore`
    """
    entry = known(ATTRIBUTIONS, "method", method)
    if reason := subject.why_not(method):
        raise SaliencyError(reason)
    if target is not None and direction is not None:
        raise ValueError("direction: expected none beside a target")
    tensor = to_tensor(images)
    score = subject.score(logits=entry.logits, renormalise=renormalise, tick=tick)
    logs = outputs(subject, tensor)
    along = (target or Target()).direction(logs) if direction is None else direction
    steps = resolved(entry, arguments or Arguments())
    cameras = tuple(
        camera(network, position)
        for network, position in zip(score.networks, subject.cameras, strict=True)
        if isinstance(network, Member)
    )
    watched = tensor.requires_grad_(entry.gradient)  # Captum would else say that it has to do so
    task = Task(score, watched, torch.from_numpy(along), steps, surroundings, cameras)
    with torch.enable_grad():
        if entry.drawn:
            with drawing(steps.seed):
                found = entry.run(task)
        else:
            found = entry.run(task)
    values = found.values.detach()
    if not torch.isfinite(values).all():
        raise SaliencyError(f"{entry.title} gives no finite numbers for {subject.name}.")
    probabilities = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
    delta = None if found.delta is None else found.delta.detach().double().numpy()
    return Map(values[:, 0].contiguous().numpy(), (logs * along).sum(axis=1), along, probabilities, delta)


def outputs(subject: Subject, images: torch.Tensor) -> NDArray[np.float64]:
    """Return log-probabilities float64 [N,C]; raises SaliencyError where they are not finite, naming the network."""
    score = subject.score()
    with torch.no_grad():
        every = score.logs(images)
        for name, logs in zip(subject.members, every, strict=True):
            if not torch.isfinite(logs).all():
                raise SaliencyError(f"{name} gives no finite numbers: its weights are damaged.")
        pooled: NDArray[np.float64] = score.pool(every).double().numpy()
    return pooled


def subjects_of(explainer: Explainer, setting: Setting) -> Sequence[Subject]:
    """Return the ensemble of a setting, where it has several members, and each of them."""
    members = [explainer.member(name) for name in setting.members]
    return [explainer.ensemble(setting), *members] if len(members) > 1 else members


def class_names(direction: NDArray[np.float32]) -> str:
    """Say what a direction `[C]` explains, in words."""
    label = EMOTIONS[int(direction.argmax())]
    return f"{label}, not {EMOTIONS[int(direction.argmin())]}" if direction.min() < 0 else label
