"""Where each member looks on average, for each emotion, over PublicTest."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts, MeanSaliency
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.saliency.arguments import Arguments, Surroundings
from fer_core.saliency.explainer import ATTRIBUTIONS, Explainer, Subject, explain
from fer_core.saliency.score import Tick

METHODS = ("saliency", "grad_cam", "regions")
"""Cheap ones that serve every member, from the finest to what has a name."""
IMAGES = 200
"""Of each emotion, spread evenly; of disgust PublicTest has only 56."""
AT_ONCE = 32
ARGUMENTS = Arguments()
"""Every method as it is by itself."""


def picked(labels: NDArray[np.int64], each: int) -> list[NDArray[np.int64]]:
    """Return the positions of at most `each` images of every emotion, spread evenly over those it has."""
    of_each = [np.flatnonzero(labels == code) for code in range(len(EMOTIONS))]
    return [at[np.linspace(0, len(at) - 1, min(each, len(at))).astype(np.int64)] for at in of_each]


def passes(images: int) -> int:
    """Return how many images the mean maps of a member over so many images send through its network."""
    return images * sum(ATTRIBUTIONS[method].passes(ARGUMENTS) for method in METHODS)


def mean_maps(
    subject: Subject,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    surroundings: Surroundings,
    *,
    tick: Tick = lambda images: None,
) -> NDArray[np.float32]:
    """Return the mean of |map| for each emotion: float32 [K,C,48,48], K as in `METHODS`.

    images, labels : uint8 [N,48,48] and what each shows, int64 [N], which is what its map explains
    Each map is divided by its own mean first: unsure answers, whose gradients are large, would else drown the others.
    """
    sums = np.zeros((len(METHODS), len(EMOTIONS), SIDE, SIDE))
    for start in range(0, len(images), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        direction = np.eye(len(EMOTIONS), dtype=np.float32)[labels[part]]
        for at, method in enumerate(METHODS):
            found = explain(subject, images[part], method, surroundings, direction=direction, tick=tick)
            sizes = np.abs(found.values).astype(np.float64)
            own = sizes.mean(axis=(1, 2), keepdims=True)
            np.add.at(sums[at], labels[part], np.divide(sizes, own, out=np.zeros_like(sizes), where=own > 0))
    counts = np.bincount(labels, minlength=len(EMOTIONS))
    return (sums / np.maximum(counts, 1)[None, :, None, None]).astype(np.float32)


def outdated(explainer: Explainer, counts: NDArray[np.int64]) -> list[str]:
    """Return the members of which the artifacts lack maps of their weights; counts : images an emotion, int64 [C]."""
    found, members = explainer.artifacts.mean_saliency(), explainer.artifacts.manifest.members
    if found is None or not _alike(found, counts):
        return list(members)
    return [name for name in members if name not in found.members]


def _alike(found: MeanSaliency, counts: NDArray[np.int64]) -> bool:
    return found.methods == METHODS and np.array_equal(found.counts, counts)


def merged(present: Artifacts, new: MeanSaliency) -> MeanSaliency:
    """Return the mean maps of the artifacts with new ones among them, in the members' order.

    New maps of weights that are others by now are left out, as are old ones of other methods or numbers of images.
    """
    old = present.mean_saliency()
    if old is None or not _alike(old, new.counts):
        old = replace(new, members=(), maps=new.maps[:, :0], weights={})
    now = dict(zip(present.manifest.members, present.weights(), strict=True))
    source = {name: part for part in (old, new) for name in part.members if part.weights[name] == now.get(name)}
    members = tuple(name for name in present.manifest.members if name in source)
    maps = [source[name].maps[:, source[name].members.index(name)] for name in members]
    return MeanSaliency(
        METHODS,
        members,
        new.counts,
        np.stack(maps, axis=1) if maps else new.maps[:, :0],
        (),
        {name: now[name] for name in members},
    )
