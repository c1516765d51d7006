"""The schemes that are told of side by side: how members are weighed, and how they are combined."""

from fer_core.ensemble.combiners import COMBINERS
from fer_core.ensemble.weightings import WEIGHTINGS

FOR_EVERY_WEIGHTING = ("mean_probability", "mean_log_probability", "hard_vote")
"""The combiners that are shown under every weighting; the others are under equal weights, to keep the list short."""


def schemes() -> list[tuple[str, str]]:
    """Return weighting and combiner of each scheme, in the registries' order; no weights that a person sets."""
    fitted = [name for name, entry in WEIGHTINGS.items() if entry.fit is not None]
    pairs = [(weighting, combiner) for weighting in fitted for combiner in FOR_EVERY_WEIGHTING]
    return pairs + [(fitted[0], combiner) for combiner in COMBINERS if combiner not in FOR_EVERY_WEIGHTING]


def scheme_name(weighting: str, combiner: str) -> str:
    """Return what a scheme is called in a sentence: weights and rule, or the rule alone if weights count nothing."""
    rule = COMBINERS[combiner]
    name = in_text(rule.title)
    return f"{in_text(WEIGHTINGS[weighting].title)}, {name}" if rule.weighs else name


def in_text(title: str) -> str:
    """Return a title as it stands within a sentence; who it is named after keeps a capital."""
    return title if title.startswith(("Borda", "Dempster")) else title[0].lower() + title[1:]
