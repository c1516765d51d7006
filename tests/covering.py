"""Schemes that stand for all, where a page or a figure is tested and not the arithmetic."""

from itertools import cycle, zip_longest

from fer_core.ensemble import COMBINERS, WEIGHTINGS

SCHEMES = [
    *((weighting, "mean_probability") for weighting in WEIGHTINGS),
    *(pair for pair in zip(cycle(WEIGHTINGS), COMBINERS, strict=False) if pair[1] != "mean_probability"),
]
"""Weighting and combiner: every weighting with the mean, and every other combiner with one weighting after the other.

So a weighting by emotion, one that is fitted to the members together, and one by hand each meet a rule of sums; rules
that are no sums and rules that weigh nothing meet one each.
"""
EACH = list(zip_longest(WEIGHTINGS, COMBINERS, fillvalue="equal"))
"""Weighting and combiner: every entry of both registries at least once."""
