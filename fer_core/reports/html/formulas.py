"""Formulas as MathML, which browsers draw by themselves."""

from functools import lru_cache

from fer_core.ensemble import COMBINERS, WEIGHTINGS


@lru_cache(maxsize=64)
def mathml(formula: str) -> str:
    """Return a formula of LaTeX as MathML."""
    # Imported here: only reports need it.
    from latex2mathml.converter import convert

    made: str = convert(formula, display="block")
    return made


def formulas(weighting: str, combiner: str) -> str:
    """Return the formulas of a scheme as MathML: of the rule, and of the weights if it uses any."""
    rule = COMBINERS[combiner]
    found = [rule.formula, *([WEIGHTINGS[weighting].formula] if rule.weighs else [])]
    return "".join(f'<div class="formula">{mathml(formula)}</div>' for formula in found)
