"""The maps that the page shows: of the ensemble, of each member, and what members have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Setting
from fer_core.errors import FerError
from ui.data import networks, photos
from ui.data.artifacts import Loaded
from ui.kit.jobs import Job, explainer, key_of, results, store_of
from ui.saliency.choice import ENSEMBLE, SaliencyChoice
from ui.saliency.source import Face
from ui.session.cache import digest

if TYPE_CHECKING:
    from fer_core.saliency import Arguments, Map, Subject, Target
    from fer_core.saliency.method import Attribution


ROUNDING = 1e-5
"""Below this, values of methods that compare with a baseline are float32's rounding of equal answers."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is explained, and how: everything that a map depends on but its subject.

    entry : of the library's registry; arguments : those that do not matter are at their default
    answer : of the ensemble, None where a network gives no finite numbers
    alone : whether the ensemble is one member
    """

    face: Face
    method: str
    entry: "Attribution"
    arguments: "Arguments"
    answer: Answer | None
    target: "Target"
    alone: bool = False

    @property
    def signed(self) -> bool:
        """Whether values below zero speak against."""
        return bool(self.entry.signed or ("absolute" in self.entry.uses and not self.arguments.absolute))


@dataclass(frozen=True, eq=False)
class Maps:
    """Maps of one face.

    found : by the name of the subject, the ensemble first; trouble : why others are missing
    empty : those that are zero everywhere
    scale : the value of full colour; mean, spread : over members' maps [48,48], None where they explain several classes
    likeness : mean correlation of two members' maps; strongest : in whose map (the ensemble's, else the mean, else the
    only one), in which region of the face values are largest, and how many times as large as that of the mean pixel
    """

    found: "Mapping[str, Map]"
    trouble: tuple[str, ...]
    empty: tuple[str, ...]
    scale: float
    mean: NDArray[np.float32] | None
    spread: NDArray[np.float32] | None
    likeness: float | None
    strongest: tuple[str, str, float] | None

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members that have a map."""
        return tuple(name for name in self.found if name != ENSEMBLE)


def wanted(loaded: Loaded, face: Face, setting: Setting, choice: SaliencyChoice) -> Wanted:
    """Return what the choice means for a face."""
    saliency = networks.saliency
    entry = saliency.ATTRIBUTIONS[choice.method]
    arguments = saliency.resolved(entry, saliency.Arguments(**choice.arguments(entry.uses)))
    answer = answer_of(loaded, face, setting)
    against = None if choice.against == "none" else EMOTIONS.index(choice.against)
    label = EMOTIONS.index(choice.explain) if choice.explain in EMOTIONS else None
    if choice.explain == ENSEMBLE and answer is not None:
        shares = answer.shares.copy()
        if against is not None:
            shares[against] = -1
        label = int(shares.argmax())
    return Wanted(
        face, choice.method, entry, arguments, answer, saliency.Target(label, against), len(setting.members) == 1
    )


def answer_of(loaded: Loaded, face: Face, setting: Setting) -> Answer | None:
    """Return what the ensemble says of a face in one view."""
    predictor = photos.predictor(loaded)
    key, store = (loaded.artifacts.fingerprint, digest(face.image)), store_of(own=face.own)
    logits = store.get(key)
    if logits is None:
        logits = predictor.panel.logits(face.image[None])
        store.put(key, logits)
    on = [loaded.members.index(name) for name in setting.members]
    if not np.isfinite(logits[on]).all():
        return None
    found = predictor.calibrated_ensemble.answers(
        setting, "one_view", np.nan_to_num(logits), spoilt=[face.spoilt], balance=face.balanced
    )
    return found[0]


def subjects(loaded: Loaded, setting: Setting, shown: Sequence[str]) -> "list[Subject]":
    """Return the ensemble, where it has several members, and the members that are shown."""
    source = explainer(loaded)
    several = [source.ensemble(setting)] if len(setting.members) > 1 else []
    return several + [source.member(name) for name in shown]


def job(loaded: Loaded, wanted: Wanted, subject: "Subject") -> Job:
    """Return the computing of one map."""
    source = explainer(loaded)
    return Job(
        key_of(loaded, wanted.face.image, subject, wanted.method, wanted.target, wanted.arguments),
        "the ensemble" if subject.name == ENSEMBLE else subject.name,
        wanted.entry.passes(wanted.arguments) * len(subject.networks),
        lambda tick: source.explain(
            subject, wanted.face.image[None], wanted.method, target=wanted.target, arguments=wanted.arguments, tick=tick
        ),
        wanted.face.own,
    )


def maps(loaded: Loaded, wanted: Wanted, subjects: "Sequence[Subject]", place: DeltaGenerator) -> Maps:
    """Return the maps of subjects; progress is drawn into `place`."""
    trouble = [reason for subject in subjects if (reason := subject.why_not(wanted.method))]
    jobs = {s.name: job(loaded, wanted, s) for s in subjects if not s.why_not(wanted.method)}
    # The ensemble comes last: it takes as long as all members, and who does not wait for it has at least these.
    done = results(sorted(jobs.values(), key=lambda one: one.passes), place, name="saliency_maps")
    everything = {name: done[one.key] for name, one in jobs.items() if one.key in done}
    trouble += [str(one) for one in everything.values() if isinstance(one, FerError)]
    found = {name: one for name, one in everything.items() if not isinstance(one, FerError)}
    members = [name for name in found if name != ENSEMBLE]
    values = np.array([found[name].values[0] for name in members], np.float32)
    common = len(members) > 1 and len({found[name].direction.tobytes() for name in members}) == 1
    mean = values.mean(axis=0) if common else None
    scale = networks.maps.common_scale
    least = ROUNDING if "baseline" in wanted.entry.uses else 0.0
    # What the setting as a whole says is said with the confidence that the page Try a face gives it.
    whole = ENSEMBLE if ENSEMBLE in found else next(iter(found)) if wanted.alone and len(found) == 1 else None
    if whole is not None and wanted.answer is not None and wanted.answer.calibrated is not None:
        found[whole] = replace(found[whole], probabilities=wanted.answer.calibrated[None])
    return Maps(
        found,
        tuple(dict.fromkeys(trouble)),
        tuple(name for name, one in found.items() if np.abs(one.values).max() <= least),
        max(least, scale(np.array([one.values[0] for one in found.values()], np.float32))),
        mean,
        values.std(axis=0) if common else None,
        _likeness(values) if common else None,
        _strongest(loaded, found, mean),
    )


def _likeness(values: NDArray[np.float32]) -> float | None:
    """Return the mean correlation of two maps of `[S,48,48]`, of those that are not the same everywhere."""
    flat = values.reshape(len(values), -1).astype(np.float64)
    flat = flat[np.ptp(flat, axis=1) > 0]
    if len(flat) < 2:
        return None
    return float(np.corrcoef(flat)[np.triu_indices(len(flat), 1)].mean())


def _strongest(
    loaded: Loaded, found: "Mapping[str, Map]", mean: NDArray[np.float32] | None
) -> tuple[str, str, float] | None:
    if ENSEMBLE in found:
        whose, sizes = "the ensemble's map", np.abs(found[ENSEMBLE].values[0])
    elif mean is not None:
        whose, sizes = "the mean map", np.abs(mean)
    elif len(found) == 1:
        ((name, only),) = found.items()
        whose, sizes = f"the map of {name}", np.abs(only.values[0])
    else:
        return None
    if not sizes.any():
        return None
    names = networks.arguments.REGIONS
    codes = explainer(loaded).surroundings.regions.numpy()[0, 0]
    means = [float(sizes[codes == code].mean() / sizes.mean()) for code in range(len(names))]
    at = int(np.argmax(means))
    return whose, names[at], means[at]
