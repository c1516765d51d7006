"""The recipe of each member."""

from dataclasses import replace

from fer_core.models import SPECS
from fer_core.recipe import SLIDES, Recipe

RECIPES: dict[str, Recipe] = {spec.name: spec.recipe for spec in SPECS}
"""The recipe of each member, from its own file; `train --recipe slides` takes `SLIDES` for any of them instead.

They differ in target, smoothing and augmentation on purpose, as hyper-parameter ensembles do (Wenzel et al. 2020, arXiv
2006.13570): members that are made alike err alike.
"""


def recipe_for(member: str, *, name: str = "own") -> Recipe:
    """Return the recipe `name` ("own" or "slides") of a member."""
    if name not in ("own", "slides"):
        raise ValueError(f"name: expected 'own' or 'slides', got {name!r}")
    if member not in RECIPES:
        raise ValueError(f"member: expected one of {', '.join(RECIPES)}, got {member!r}")
    own = RECIPES[member]
    return own if name == "own" else replace(SLIDES, dropout=None if own.dropout is None else SLIDES.dropout)
