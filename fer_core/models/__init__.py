"""The networks, one family a file, and the registries assembled from what these files declare."""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from fer_core.models import agrawal, crnn, deep, densenet, inception, mini_xception, resnet, shallow, vgg
from fer_core.models.member import Member, MemberSpec, Preprocessing

SPECS: tuple[MemberSpec, ...] = (
    shallow.SPEC,
    deep.SPEC,
    agrawal.SPEC,
    mini_xception.SPEC,
    vgg.SPEC,
    inception.SPEC,
    resnet.SPEC,
    densenet.SPEC,
    crnn.SPEC,
)
"""What every member's file declares, in the order of the roster."""
MODELS: dict[str, Callable[..., Member]] = {spec.name: spec.network for spec in SPECS}
"""Every architecture by the name that cards and the command line use."""


def nearest(name: str) -> str:
    """Return how a sentence about an unknown name ends: `; did you mean ...?` if it is close to one, else a stop."""
    close = get_close_matches(name.lower(), MODELS, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else "."


def build(architecture: str, *, preprocessing: Mapping[str, float] | None = None, **arguments: Any) -> Member:
    """Build a network from what its card says: its architecture, its arguments and its preprocessing.

    Raises ValueError for an architecture that is not in `MODELS` or an argument that it does not take.
    """
    if architecture not in MODELS:
        raise ValueError(f"architecture: expected one of {', '.join(MODELS)}, got {architecture!r}")
    fixed = {key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()}
    if preprocessing is not None:
        p = preprocessing
        fixed["preprocessing"] = Preprocessing(
            int(p["crop"]), int(p["size"]), float(p["mean"]), float(p["std"]), int(p.get("window", 0))
        )
    try:
        return MODELS[architecture](**fixed)
    except TypeError as error:
        raise ValueError(f"arguments: {architecture} does not take {sorted(arguments)}: {error}") from error


def arguments_of(architecture: str, **given: Any) -> dict[str, Any]:
    """Return all arguments that a network is built with, defaults too, so that a card outlives a change of them."""
    parameters = inspect.signature(MODELS[architecture]).parameters
    defaults = {name: parameter.default for name, parameter in parameters.items() if name != "preprocessing"}
    return defaults | given


__all__ = ["MODELS", "SPECS", "Member", "MemberSpec", "Preprocessing", "arguments_of", "build", "nearest"]
