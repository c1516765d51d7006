"""How far the maps of every method can be believed, for each member, over PublicTest."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts, Faithfulness, SaliencyTable
from fer_core.errors import SaliencyError
from fer_core.inference import member_logits
from fer_core.metrics.scores import Z95
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.curves import Curves, curves, random_curves
from fer_core.saliency.explainer import ATTRIBUTIONS, Explainer, Subject, explain
from fer_core.saliency.fidelity import COPIES, Covered, cover_of, covered, infidelity, sensitivity
from fer_core.saliency.score import Target, Tick
from fer_core.saliency.trust import SHUFFLES, UNCHANGED, randomised, shuffles

IMAGES = 200
"""Spread evenly over PublicTest, so that emotions come in its shares."""
STEPS, ORDERS, SQUARES = 10, 2, 24
"""Fewer than for one map on a page: over many images what each leaves to chance averages out."""
SHUFFLED_EVERY, NOISY_EVERY = 20, 40
"""The check with shuffled weights costs three maps more, sensitivity eleven, so they look at every so many images."""
AT_ONCE, IMAGES_AT_ONCE = 64, 32

ARGUMENTS = Arguments()
"""Every method as it is by itself."""


def spread(count: int, images: int) -> NDArray[np.int64]:
    """Return the positions of `images` of `count` images, spread evenly."""
    return np.linspace(0, count - 1, min(images, count)).astype(np.int64)


def served(subject: Subject) -> list[str]:
    """Return the methods that serve a subject."""
    return [method for method in ATTRIBUTIONS if subject.why_not(method) is None]


def passes(methods: Sequence[str], images: int) -> int:
    """Return about how many images the benchmark of some methods sends through a network."""
    shuffled, noisy = (len(range(0, images, every)) for every in (SHUFFLED_EVERY, NOISY_EVERY))
    maps = images + SHUFFLES * shuffled + (COPIES + 1) * noisy
    of_maps = sum(ATTRIBUTIONS[method].passes(ARGUMENTS) for method in methods) * maps
    covers = len({cover_of(method, ARGUMENTS) for method in methods})
    return of_maps + images * ((len(methods) + ORDERS) * 2 * STEPS + covers * (SQUARES + 1))


def benchmark(
    subject: Subject,
    images: NDArray[np.uint8],
    surroundings: Surroundings,
    *,
    methods: Sequence[str] | None = None,
    tick: Tick = lambda images: None,
) -> list[Faithfulness]:
    """Measure every method that serves a member on images uint8 [N,48,48], N at least 2; explained is what it predicts.

    methods : those to measure instead of all that serve it
    """
    if len(images) < 2:
        raise ValueError(f"images: expected at least 2, for an interval, got {len(images)}")
    direction = Target().direction(member_logits(subject.networks[0], images, full=False))
    labels = direction.argmax(axis=1)
    chance = random_curves(subject, images, labels, surroundings, steps=STEPS, orders=ORDERS, tick=tick)
    others = shuffles(subject, surroundings)
    squares: dict[str, Covered] = {}
    out = []
    for method in methods or served(subject):
        began = time.process_time()
        values = _maps(subject, images, method, surroundings, direction, tick)
        seconds = time.process_time() - began
        found = curves(subject, images, values, labels, surroundings, chance=chance, steps=STEPS, tick=tick)
        cover = cover_of(method, ARGUMENTS)
        if cover not in squares:
            squares[cover] = covered(subject, images, cover, surroundings, squares=SQUARES, tick=tick)
        missed = _mean(infidelity(squares[cover], values, method, direction=direction))
        if missed is None:
            raise SaliencyError(f"{subject.name} gives one and the same answer whatever is covered.")
        few = slice(None, None, SHUFFLED_EVERY)
        part, maps, along = images[few], values[few], direction[few]
        kept = randomised(subject, part, maps, method, surroundings, direction=along, others=others, tick=tick)
        steady = [
            sensitivity(subject, images[i], method, surroundings, direction=direction[i], tick=tick)
            for i in range(0, len(images), NOISY_EVERY)
        ]
        out.append(_entry(subject.name, method, found, missed, _mean(steady), _mean(kept), seconds / len(images)))
    return out


def _entry(
    member: str,
    method: str,
    found: Sequence[Curves],
    missed: float,
    steady: float | None,
    kept: float | None,
    seconds: float,
) -> Faithfulness:
    areas = {
        name: float(np.mean([getattr(one, f"{name}_area") for one in found]))
        for name in ("insertion", "deletion", "random_insertion", "random_deletion")
    }
    gains = np.array([one.gain for one in found])
    gain, half = float(gains.mean()), Z95 * float(gains.std(ddof=1)) / math.sqrt(len(gains))
    return Faithfulness(
        member=member,
        method=method,
        infidelity=missed,
        sensitivity=steady,
        gain=gain,
        low=gain - half,
        high=gain + half,
        randomised=kept,
        milliseconds=1000 * seconds,
        **areas,
    )


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    """Return the mean of what is a number, None where nothing is."""
    finite = np.isfinite(values)
    return float(np.mean(np.asarray(values)[finite])) if finite.any() else None


def _maps(
    subject: Subject,
    images: NDArray[np.uint8],
    method: str,
    surroundings: Surroundings,
    direction: NDArray[np.float32],
    tick: Tick,
) -> NDArray[np.float32]:
    """Return maps [N,48,48], made of as many images at once as the method's own copies of each leave room for."""
    together = max(1, min(IMAGES_AT_ONCE, AT_ONCE // ATTRIBUTIONS[method].passes(ARGUMENTS)))
    parts = [slice(start, start + together) for start in range(0, len(images), together)]
    return np.concatenate(
        [
            explain(subject, images[part], method, surroundings, direction=direction[part], tick=tick).values
            for part in parts
        ]
    )


def outdated(explainer: Explainer, images: int) -> list[str]:
    """Return the members of which the artifacts lack an entry over so many images, for the weights that they have."""
    table = explainer.artifacts.saliency()
    return [
        name
        for name in explainer.artifacts.manifest.members
        if table is None
        or table.images != images
        or any(table.of(name, method) is None for method in served(explainer.member(name)))
    ]


def merged(present: Artifacts, new: SaliencyTable) -> SaliencyTable:
    """Return the table of the artifacts with new entries in it, in the members' order.

    New entries of weights that are others by now are left out, as are old ones over another number of images.
    """
    old = present.saliency()
    if old is None or old.images != new.images:
        old = replace(new, entries=(), weights={})
    now = dict(zip(present.manifest.members, present.weights(), strict=True))
    source = {name: table for table in (old, new) for name, digest in table.weights.items() if now.get(name) == digest}
    order = [name for name in present.manifest.members if name in source]
    entries = tuple(entry for name in order for entry in source[name].entries if entry.member == name)
    return SaliencyTable(new.images, entries, (), UNCHANGED, {name: now[name] for name in order})
