"""Schemes that a page offers instead of the one that was chosen."""

from dataclasses import replace

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.ensemble.subsets.every import not_for_every_subset
from fer_core.ensemble.subsets.tally import ADDITIVE
from ui.session.choice import Choice


def with_a_game(choice: Choice) -> Choice:
    """Return the nearest choice under which shares can be told."""
    combiner = choice.combiner if choice.combiner in ADDITIVE else "mean_probability"
    joint = not_for_every_subset(choice.weighting, combiner) is not None
    return replace(choice, combiner=combiner, weighting="equal" if joint else choice.weighting)


def scheme(choice: Choice) -> str:
    """Name the weights and the rule of a choice."""
    return f"{COMBINERS[choice.combiner].title.lower()}, {WEIGHTINGS[choice.weighting].title.lower()} weights"
