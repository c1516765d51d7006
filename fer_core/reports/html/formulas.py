"""Formulas as MathML, which browsers draw by themselves."""

from functools import lru_cache

from markupsafe import Markup

from fer_core.ensemble import COMBINERS, WEIGHTINGS


@lru_cache(maxsize=64)
def mathml(formula: str) -> Markup:
    """Return a formula of LaTeX, one of the program's own, as MathML."""
    # Imported here: only reports need it.
    from latex2mathml.converter import convert

    return Markup(convert(formula, display="block"))


def formulas(weighting: str, combiner: str) -> list[Markup]:
    """Return the formulas of a scheme as MathML: of the combiner, and of the weights if it uses any."""
    rule = COMBINERS[combiner]
    found = [rule.formula, *([WEIGHTINGS[weighting].formula] if rule.weighs else [])]
    return [mathml(formula) for formula in found]
